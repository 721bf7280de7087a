//! Walks captures and says how many events there are and what one costs: `cargo run --release --example walk -- FILE…`

use std::io::Read;
use std::time::{Duration, Instant};

use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Limits, Reader, Sink, Table};

struct NoTable;

impl Table for NoTable {}

#[derive(Debug, Default)]
struct Counts {
    sections: u64,
    processes: u64,
    fds: u64,
    interfaces: u64,
    users: u64,
    groups: u64,
    events: u64,
    params: u64,
    kinds: u64,
    damages: Vec<Damage>,
}

impl Sink for Counts {
    fn section(&mut self, _: &Section) {
        self.sections += 1;
    }
    fn machine(&mut self, _: &Machine) {}
    fn process(&mut self, _: &Process<'_>) {
        self.processes += 1;
    }
    fn fd(&mut self, _: i64, _: &Fd<'_>) {
        self.fds += 1;
    }
    fn interface(&mut self, _: &Interface) {
        self.interfaces += 1;
    }
    fn user(&mut self, _: &User<'_>) {
        self.users += 1;
    }
    fn group(&mut self, _: &Group<'_>) {
        self.groups += 1;
    }
    fn event(&mut self, event: &Event<'_>) {
        self.events += 1;
        self.params += event.params.len() as u64;
        self.kinds = self.kinds.wrapping_add(u64::from(event.kind) ^ event.ts);
    }
    fn damage(&mut self, damage: Damage) {
        self.damages.push(damage);
    }
}

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let mut file = std::fs::File::open(&path)?;
        let mut buffer = vec![0; 256 << 10];
        let mut reader = Reader::<NoTable>::new(Limits::default());
        let mut counts = Counts::default();
        let mut decoding = Duration::ZERO;
        let started = Instant::now();
        loop {
            let len = file.read(&mut buffer)?;
            if len == 0 {
                break;
            }
            let before = Instant::now();
            reader.push(&buffer[..len], &mut counts);
            decoding += before.elapsed();
        }
        reader.finish(&mut counts);
        let per_event = decoding.as_nanos() as f64 / counts.events.max(1) as f64;
        println!("{path}: {per_event:.1} ns/event, {:?} in all, {counts:?}", started.elapsed());
    }
    Ok(())
}
