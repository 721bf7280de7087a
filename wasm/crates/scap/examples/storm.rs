//! Damages captures at random for a while and reads them: no panic, every byte accounted for, slices change nothing.
//! `cargo run --release --example storm -- SECONDS SEED FILE…`; a failure names the seed of its round.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, Inflate, Inflated, Limits, Reader, Sink, Table};

struct Reversing;

impl Table for Reversing {
    fn swap_param(_: u16, _: usize, bytes: &mut [u8]) {
        bytes.reverse();
    }
}

/// A hash of everything that was said.
#[derive(Default)]
struct Said {
    hash: DefaultHasher,
    events: u64,
    furthest: u64,
}

impl Said {
    fn note(&mut self, thing: &dyn std::fmt::Debug) {
        format!("{thing:?}").hash(&mut self.hash);
    }
}

impl Sink for Said {
    fn section(&mut self, section: &Section) {
        self.note(section);
    }
    fn machine(&mut self, machine: &Machine) {
        self.note(machine);
    }
    fn process(&mut self, process: &Process<'_>) {
        self.note(process);
    }
    fn fd(&mut self, tid: i64, fd: &Fd<'_>) {
        self.note(&(tid, fd));
    }
    fn interface(&mut self, interface: &Interface) {
        self.note(interface);
    }
    fn user(&mut self, user: &User<'_>) {
        self.note(user);
    }
    fn group(&mut self, group: &Group<'_>) {
        self.note(group);
    }
    fn event(&mut self, event: &Event<'_>) {
        (event.offset, event.block_len, event.ts, event.tid, event.kind, event.unreadable).hash(&mut self.hash);
        event.params.iter().for_each(|param| param.hash(&mut self.hash));
        self.events += 1;
    }
    fn damage(&mut self, damage: Damage) {
        self.note(&damage);
        self.furthest = self.furthest.max(damage.offset).max(damage.skipped);
    }
}

#[derive(Default)]
struct Bytes(Vec<u8>);

impl Inflated for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    fn damage(&mut self, _: Damage) {}
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len());
        let longest = [2, 40, 400, 20_000][random.below(4)];
        let end = (at + random.below(longest)).min(bytes.len());
        match random.below(7) {
            0 | 1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            2 => {
                // Numbers at the edges of what lengths can be.
                let number = [0, 4, 12, 28, 65_536, 131_140, 1 << 20, 1 << 28, u32::MAX][random.below(9)];
                if let Some(word) = bytes.get_mut(at & !3..).and_then(<[u8]>::first_chunk_mut) {
                    *word = number.to_le_bytes();
                }
            }
            3 => bytes.truncate(end),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            _ => bytes[at..end].fill(0),
        }
    }
}

fn read(bytes: &[u8], limits: Limits, mut size: impl FnMut() -> usize) -> (u64, Said) {
    let mut reader = Reader::<Reversing>::new(limits);
    let mut said = Said::default();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (slice, behind) = rest.split_at(size().clamp(1, rest.len()));
        reader.push(slice, &mut said);
        rest = behind;
    }
    reader.finish(&mut said);
    assert_eq!(reader.offset(), bytes.len() as u64, "every byte is accounted for");
    assert!(said.furthest <= bytes.len() as u64, "damage beyond the end");
    (said.hash.finish(), said)
}

fn inflate(packed: &[u8], mut size: impl FnMut() -> usize) -> Vec<u8> {
    let mut inflate = Inflate::new();
    let mut out = Bytes::default();
    let mut rest = packed;
    while !rest.is_empty() {
        let (slice, behind) = rest.split_at(size().clamp(1, rest.len()));
        inflate.push(slice, &mut out);
        rest = behind;
    }
    inflate.finish(&mut out);
    out.0
}

static SEED: AtomicU64 = AtomicU64::new(0);

/// Damages one file and reads it; gives the number of events that were left.
fn round(files: &[Vec<u8>], random: &mut Random) -> u64 {
    let mut file = files[random.below(files.len())].clone();
    let is_packed = random.below(2) == 0;
    if is_packed {
        mutate(&mut file, random);
    }
    let mut stream = inflate(&file, || usize::MAX);
    if is_packed {
        assert!(stream == inflate(&file, || 1 + random.below(3_000)), "slices change what is inflated");
    } else {
        mutate(&mut stream, random);
    }
    let limits = if random.below(4) == 0 { Limits { block: 4_096 } } else { Limits::default() };
    let longest = [3, 300, 30_000][random.below(3)];
    let (whole, said) = read(&stream, limits, || usize::MAX);
    let (sliced, _) = read(&stream, limits, || 1 + random.below(longest));
    assert_eq!(whole, sliced, "slices change what is read");
    said.events
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let seconds = args.next().ok_or("SECONDS is missing")?.parse()?;
    let mut seed: u64 = args.next().ok_or("SEED is missing")?.parse()?;
    let files: Vec<Vec<u8>> = args.map(std::fs::read).collect::<Result<_, _>>()?;
    let until = Instant::now() + Duration::from_secs(seconds);
    let (mut rounds, mut events) = (0_u64, 0);
    // Release builds abort on a panic, so the seed has to be said before.
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        eprintln!("seed {}", SEED.load(Ordering::Relaxed).wrapping_sub(1));
        say(panic);
    }));
    while Instant::now() < until {
        seed = seed.wrapping_add(1);
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        SEED.store(seed, Ordering::Relaxed);
        events += round(&files, &mut random);
        rounds += 1;
    }
    println!("{rounds} rounds, {events} events, no failure");
    Ok(())
}
