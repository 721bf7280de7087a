//! Unpacks files and says how fast, and what reading one place costs: `cargo run --release --example unpack -- FILE…`

use std::time::Instant;

use scap::{Damage, Fingerprint, Inflate, Inflated};

#[derive(Default)]
struct Counts {
    bytes: u64,
    fingerprint: Fingerprint,
    damages: Vec<Damage>,
}

impl Inflated for Counts {
    fn bytes(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.fingerprint.push(bytes);
    }
    fn damage(&mut self, damage: Damage) {
        self.damages.push(damage);
    }
}

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let packed = std::fs::read(&path)?;
        let mut counts = Counts::default();
        let mut inflate = Inflate::new();
        let started = Instant::now();
        for slice in packed.chunks(1 << 20) {
            inflate.push(slice, &mut counts);
        }
        inflate.finish(&mut counts);
        let seconds = started.elapsed().as_secs_f64();
        let rate = counts.bytes as f64 / 1e6 / seconds;
        let share = 100.0 * inflate.points().memory() as f64 / counts.bytes.max(1) as f64;
        println!(
            "{path}: {} to {} bytes, {rate:.0} MB/s, restart points {share:.2} %, {} {:?}",
            packed.len(),
            counts.bytes,
            counts.fingerprint,
            counts.damages
        );
        let mut file = packed.as_slice();
        let mut buf = [0; 4096];
        let mut times = Vec::new();
        for step in 0..200 {
            let before = Instant::now();
            inflate.points().read_at(&mut file, counts.bytes * step / 200, &mut buf)?;
            times.push(before.elapsed());
        }
        times.sort();
        println!("  4 KiB anywhere: median {:?}, p95 {:?}, worst {:?}", times[100], times[190], times[199]);
    }
    Ok(())
}
