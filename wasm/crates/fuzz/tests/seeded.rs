//! Each target over damaged captures: the same ones on every run.

use std::path::Path;

use fuzz::{Target, damage};
use testkit::Random;

/// Captures of every generation and packing that the project ships.
const FILES: [&str; 6] = [
    "variant-kmod-0.29.3-n2000.scap.gz",
    "variant-kmod-0.29.3-n2000.scap.zst",
    "variant-kmod-0.29.3-n2000.scap.lz4",
    "fastcgi-nginx-ok-kmod-0.29.3.scap.gz",
    "fastcgi-nginx-ok-modern-0.36.0.scap.gz",
    "fastcgi-epipe-modern-libs0.25.4.scap.gz",
];

fn run(target: Target, rounds: u64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../captures");
    let files = FILES.map(|name| std::fs::read(folder.join(name)).expect("the capture is part of the project"));
    for file in &files {
        target(file);
    }
    for seed in 0..rounds {
        // Shown when it fails.
        eprintln!("seed {seed}");
        target(&damage::any(&files, &mut Random::new(seed)));
    }
}

#[test]
fn any_bytes_are_unpacked_and_read() {
    run(fuzz::reader, 300);
}

#[test]
fn any_events_are_applied() {
    run(fuzz::state, 200);
}

#[test]
fn any_events_print() {
    run(fuzz::print, 120);
}

#[test]
fn any_capture_opens_and_answers() {
    run(fuzz::engine, 150);
}

#[test]
fn few_bytes_are_no_trouble() {
    for target in fuzz::TARGETS {
        for file in [&b""[..], b"\x1f", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\x0a\x0d\x0d\x0a", &[0; 40]] {
            target(file);
        }
    }
}
