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

/// What the decoders know, put together at random, and damaged.
fn run_decoder(target: Target, words: &[&[u8]]) {
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let mut bytes: Vec<u8> = (0..random.below(24)).flat_map(|_| random.pick(words).to_vec()).collect();
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len() + 1);
            match random.below(3) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, random.next() as u8),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = random.next() as u8;
                    }
                }
            }
        }
        eprintln!("seed {seed}");
        target(&bytes);
    }
}

#[test]
fn any_bytes_are_read_as_fastcgi() {
    let begin = [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    let params = [&[1, 4, 0, 1, 0, 19, 5, 0][..], b"\x0e\x03REQUEST_METHODGET", &[0; 5]].concat();
    let long = [&[1, 6, 255, 255, 255, 255, 255, 0][..], b"Status: 200 OK"].concat();
    run_decoder(fuzz::fastcgi, &[&begin, &params, &long, &[1, 5, 0, 1, 0, 0, 0, 0], &[1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0], b"\x80\xff\xff\xff", b"\n"]);
}

#[test]
fn any_bytes_are_read_as_http() {
    run_decoder(
        fuzz::http,
        &[b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"Content-Length: 12\r\n", b"Content-Length: 99999999999999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n", b"0\r\n\r\n", b"12 bytes it is", b"POST", b"\xff\xfe"],
    );
}

#[test]
fn any_bytes_are_read_as_statsd() {
    run_decoder(fuzz::statsd, &[b"app.hits:1|c\n", b"app.load:0.5|g", b"|@0.1", b"|#tag:a,b", b"\n", b":", b"|ms", b"name", &[0xe2, 0x82]]);
}

#[test]
fn few_bytes_are_no_trouble() {
    for target in fuzz::TARGETS {
        for file in [&b""[..], b"\x1f", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\x0a\x0d\x0d\x0a", &[0; 40]] {
            target(file);
        }
    }
}

#[test]
fn any_text_is_a_filter_or_has_a_mistake_in_it() {
    const PIECES: [&str; 46] = [
        "proc.name", "fd.name", "fd.num", "evt.type", "fd.ip", "fd.net", "fd.sport", "evt.arg.name", "evt.arg[1]", "proc.aname[2]", "evt.is_io", "fd.types",
        "evt.buffer", "=", "==", "!=", "<", ">=", "contains", "startswith", "glob", "regex", "in", "pmatch", "exists", "(", ")", ",", "and", "or", "not",
        "open", "3", "-1", "0x10", "true", "127.0.0.1", "10.0.0.0/8", "\"a b\"", "'\\x41'", "\"", "tolower(", "val(proc.pname)", "len(fd.name)", "oneof", "\\",
    ];
    for seed in 0..20_000 {
        let mut random = Random::new(seed);
        let mut text = Vec::new();
        for _ in 0..random.below(14) {
            text.extend_from_slice(random.pick(&PIECES).as_bytes());
            if random.below(5) != 0 {
                text.push(b' ');
            }
        }
        if random.below(4) == 0 && !text.is_empty() {
            let at = random.below(text.len());
            text[at] = random.next() as u8;
        }
        fuzz::filter(&text);
    }
}
