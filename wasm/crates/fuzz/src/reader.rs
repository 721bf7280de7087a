//! Unpacking and splitting into blocks.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use model::table::EventTable;
use scap::metadata::{Fd, Group, Interface, Machine, Process, Section, User};
use scap::{Damage, Event, FileBytes, Limits, Reader, Sink};

use crate::{choices, unpack};

/// A hash of everything that was said.
#[derive(Default)]
struct Said {
    hash: DefaultHasher,
    /// Where the last event ended.
    end: u64,
    furthest: u64,
    events: u64,
    /// Events may stand inside of each other.
    trusting: bool,
}

impl Said {
    fn note(&mut self, thing: &dyn Debug) {
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
        // A block header may have stood where the trailer of the damaged block before was looked for.
        assert!(self.trusting || event.offset + 8 >= self.end, "an event at {:#x} inside the one before", event.offset);
        self.end = event.offset + u64::from(event.block_len);
        self.furthest = self.furthest.max(self.end);
        self.events += 1;
        (event.offset, event.block_len, event.ts, event.tid, event.kind, event.unreadable).hash(&mut self.hash);
        event.params.iter().for_each(|param| param.hash(&mut self.hash));
    }

    fn damage(&mut self, damage: Damage) {
        self.furthest = self.furthest.max(damage.offset).max(damage.skipped);
        self.note(&damage);
    }
}

/// What was said and how many events were given, of headers that are trusted or are not.
fn read(stream: &[u8], limits: Limits, trusting: bool, mut size: impl FnMut() -> usize) -> (u64, u64) {
    let mut reader = Reader::<EventTable>::new(limits).trusting_headers(trusting);
    let mut said = Said { trusting, ..Said::default() };
    let mut rest = stream;
    while !rest.is_empty() {
        let (slice, behind) = rest.split_at(size().clamp(1, rest.len()));
        reader.push(slice, &mut said);
        rest = behind;
    }
    reader.finish(&mut said);
    let len = stream.len() as u64;
    assert_eq!(reader.offset(), len, "every byte is accounted for");
    assert!(said.furthest <= len, "something beyond the end of {len} bytes: {}", said.furthest);
    (said.hash.finish(), said.events)
}

/// Any bytes are unpacked and read to their end; slices change nothing; damage stands inside the file; what was
/// unpacked can be read again from anywhere; headers that are trusted give no fewer events.
///
/// # Panics
/// When that does not hold.
pub fn reader(file: &[u8]) {
    let mut random = choices(file);
    let (whole, inflate) = unpack(file, usize::MAX);
    let longest = *random.pick(&[2, 40, 3_000, 70_000]);
    let (sliced, again) = unpack(file, longest);
    // Of a bomb the end depends on where the last slice was cut.
    if inflate.inflated() < crate::LONGEST && again.inflated() < crate::LONGEST {
        assert!(whole.bytes == sliced.bytes, "slices change what is unpacked");
        assert_eq!(whole.damages.len(), sliced.damages.len(), "slices change what is said of it");
        reread(file, &whole.bytes, &inflate, &mut random);
    }
    let limits = if random.below(4) == 0 { Limits { block: 4_096 } } else { Limits::default() };
    let longest = *random.pick(&[3, 300, 30_000]);
    let [right, trusting] = [false, true].map(|trusting| {
        let said = read(&whole.bytes, limits, trusting, || usize::MAX);
        assert_eq!(said, read(&whole.bytes, limits, trusting, || 1 + random.below(longest)), "slices change what is read");
        said.1
    });
    assert!(right <= trusting, "{trusting} events of trusted headers, {right} of others");
}

/// Reads pieces again through the restart points.
fn reread(mut file: &[u8], stream: &[u8], inflate: &scap::Inflate, random: &mut testkit::Random) {
    let source: &mut dyn FileBytes = &mut file;
    for _ in 0..3 {
        let at = random.below(stream.len() + 2);
        let mut buf = vec![0; 1 + random.below(5_000)];
        let expected = stream.get(at..stream.len().min(at + buf.len())).unwrap_or_default();
        let len = inflate.points().read_at(source, at as u64, &mut buf).expect("memory can be read");
        assert!(buf[..len] == *expected, "{len} bytes at {at} are not what was unpacked there first");
    }
}
