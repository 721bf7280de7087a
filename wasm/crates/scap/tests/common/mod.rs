//! A sink that notes everything, and the small real capture that tests damage.
#![allow(dead_code, unused_imports)]

use std::fmt::Debug;
use std::hash::{Hash, Hasher};

use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Inflate, Inflated, Limits, Reader, Sink, Table};
pub use testkit::Random;

/// Takes every parameter for a number.
#[derive(Clone, Debug)]
pub struct SmallTable;

impl Table for SmallTable {
    fn swap_param(_: u16, _: usize, bytes: &mut [u8]) {
        bytes.reverse();
    }
}

/// Everything a reader said, one line each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    pub calls: Vec<String>,
    /// Where the block of each event starts.
    pub offsets: Vec<u64>,
    /// The events without their places.
    pub events: Vec<String>,
    pub damages: Vec<Damage>,
}

impl Log {
    fn note(&mut self, name: &str, value: &dyn Debug) {
        self.calls.push(format!("{name} {value:?}"));
    }
}

impl Sink for Log {
    fn section(&mut self, section: &Section) {
        self.note("section", section);
    }
    fn machine(&mut self, machine: &Machine) {
        self.note("machine", machine);
    }
    fn process(&mut self, process: &Process<'_>) {
        self.note("process", process);
    }
    fn fd(&mut self, tid: i64, fd: &Fd<'_>) {
        self.note("fd", &(tid, fd));
    }
    fn interface(&mut self, interface: &Interface) {
        self.note("interface", interface);
    }
    fn user(&mut self, user: &User<'_>) {
        self.note("user", user);
    }
    fn group(&mut self, group: &Group<'_>) {
        self.note("group", group);
    }
    fn event(&mut self, event: &Event<'_>) {
        self.note("event", event);
        self.offsets.push(event.offset);
        let Event { cpu, state_only, ts, tid, kind, unreadable, params, .. } = event;
        let params: Vec<&[u8]> = params.iter().collect();
        self.events.push(format!("{ts} {cpu} {tid} {kind} {state_only} {unreadable} {params:?}"));
    }
    fn damage(&mut self, damage: Damage) {
        self.note("damage", &damage);
        self.damages.push(damage);
    }
}

/// Only what damage can cost, quickly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// A hash of each event without its place.
    pub events: Vec<u64>,
    pub offsets: Vec<u64>,
    pub damages: Vec<Damage>,
}

impl Sink for Brief {
    fn section(&mut self, _: &Section) {}
    fn machine(&mut self, _: &Machine) {}
    fn process(&mut self, _: &Process<'_>) {}
    fn fd(&mut self, _: i64, _: &Fd<'_>) {}
    fn interface(&mut self, _: &Interface) {}
    fn user(&mut self, _: &User<'_>) {}
    fn group(&mut self, _: &Group<'_>) {}
    fn event(&mut self, event: &Event<'_>) {
        let mut hash = std::hash::DefaultHasher::new();
        (event.ts, event.cpu, event.tid, event.kind, event.state_only, event.unreadable).hash(&mut hash);
        for param in event.params.iter() {
            param.hash(&mut hash);
        }
        self.events.push(hash.finish());
        self.offsets.push(event.offset);
    }
    fn damage(&mut self, damage: Damage) {
        self.damages.push(damage);
    }
}

pub fn read_briefly(bytes: &[u8]) -> Brief {
    let mut reader = Reader::<SmallTable>::new(Limits::default());
    let mut brief = Brief::default();
    reader.push(bytes, &mut brief);
    reader.finish(&mut brief);
    assert_eq!(reader.offset(), bytes.len() as u64, "every byte is accounted for");
    brief
}

pub fn read(bytes: &[u8]) -> Log {
    read_slices(bytes, [bytes.len()].into_iter())
}

/// Reads in slices of the given sizes, then what is left at once.
pub fn read_slices(mut bytes: &[u8], sizes: impl Iterator<Item = usize>) -> Log {
    let mut reader = Reader::<SmallTable>::new(Limits::default());
    let mut log = Log::default();
    let len = bytes.len() as u64;
    for size in sizes {
        let (slice, rest) = bytes.split_at(size.min(bytes.len()));
        reader.push(slice, &mut log);
        bytes = rest;
    }
    reader.push(bytes, &mut log);
    reader.finish(&mut log);
    assert_eq!(reader.offset(), len, "every byte is accounted for");
    log
}

#[derive(Clone, Debug, Default)]
pub struct Unpacked {
    pub bytes: Vec<u8>,
    pub damages: Vec<Damage>,
}

impl Inflated for Unpacked {
    fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    fn damage(&mut self, damage: Damage) {
        self.damages.push(damage);
    }
}

pub fn unpack(packed: &[u8]) -> Unpacked {
    let mut inflate = Inflate::new();
    let mut out = Unpacked::default();
    inflate.push(packed, &mut out);
    inflate.finish(&mut out);
    out
}

/// 2,000 events of a real machine, packed.
pub fn small_packed() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../captures/variant-kmod-0.29.3-n2000.scap.gz"))
        .expect("the capture is part of the project")
}

pub fn small() -> Vec<u8> {
    let unpacked = unpack(&small_packed());
    assert_eq!(unpacked.damages, []);
    unpacked.bytes
}

/// Start and end of every block of an undamaged little-endian capture.
pub fn blocks(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let total = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        blocks.push(at..at + total);
        at += total;
    }
    blocks
}
