//! Damages captures for a while and runs every target over them in turn:
//! `cargo run --release -p fuzz --example storm -- SECONDS SEED FILE…`
//!
//! A failure names the seed of its round; `storm 0 SEED FILE…` with the same files repeats that round alone.
//! Ends the run too when one round takes more than two minutes, or the process more than 2 GiB.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fuzz::{TARGETS, damage};
use testkit::Random;

/// Seed of the round that runs.
static SEED: AtomicU64 = AtomicU64::new(0);

const LONGEST_ROUND: Duration = Duration::from_secs(120);
/// KiB.
const MEMORY: u64 = 2 << 20;
/// Time between two lines of output.
const REPORT: Duration = Duration::from_secs(300);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let seconds = args.next().ok_or("SECONDS is missing")?.parse()?;
    let first: u64 = args.next().ok_or("SEED is missing")?.parse()?;
    let files: Vec<Vec<u8>> = args.map(std::fs::read).collect::<Result<_, _>>()?;
    if files.is_empty() {
        return Err("no FILE is given".into());
    }
    // Release builds abort on a panic, so the seed has to be said before.
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        eprintln!("seed {}", SEED.load(Ordering::Relaxed));
        say(panic);
    }));
    thread::spawn(watch);
    let begun = Instant::now();
    let (mut seed, mut reported) = (first, begun);
    let mut executions = 0_u64;
    loop {
        SEED.store(seed, Ordering::Relaxed);
        let file = damage::any(&files, &mut Random::new(seed));
        for target in TARGETS {
            target(&file);
            executions += 1;
        }
        seed += 1;
        let is_over = begun.elapsed() >= Duration::from_secs(seconds);
        if is_over || reported.elapsed() >= REPORT {
            reported = Instant::now();
            println!(
                "{} s: {executions} executions, seeds {first} to {}, {} KiB at most, no failure",
                begun.elapsed().as_secs(),
                seed - 1,
                most_memory().unwrap_or(0)
            );
        }
        if is_over {
            return Ok(());
        }
    }
}

/// Ends the process when a round does not end, or takes too much memory.
fn watch() {
    let (mut last, mut since) = (u64::MAX, Instant::now());
    loop {
        thread::sleep(Duration::from_millis(500));
        let seed = SEED.load(Ordering::Relaxed);
        if seed != last {
            (last, since) = (seed, Instant::now());
        }
        assert!(since.elapsed() < LONGEST_ROUND, "the round does not end");
        assert!(most_memory().is_none_or(|most| most < MEMORY), "the process takes {:?} KiB", most_memory());
    }
}

/// KiB that the process had at most, where the system says so.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
