//! Text of events.

use model::Quirks;
use model::state::NONE;
use model::table::Release;
use model::text::{BufferFormat, Clock, Heading, Printer, TimeMode, Zone};

use crate::state::apply;
use crate::{choices, unpack};

const RELEASES: [Release; 3] = [Release::V0_29_3, Release::V0_36_0, Release::Libs0_25_4];
const BUFFERS: [BufferFormat; 5] =
    [BufferFormat::Dots, BufferFormat::Ascii, BufferFormat::Hex, BufferFormat::HexAscii, BufferFormat::Base64];
const TIMES: [TimeMode; 5] =
    [TimeMode::TimeOfDay, TimeMode::Absolute, TimeMode::Relative, TimeMode::Latency, TimeMode::Delta];

/// Every event of any bytes prints, in each mode, as each release, with and without sysdig's faults, whole and
/// parameter by parameter.
///
/// # Panics
/// When that does not hold.
pub fn print(file: &[u8]) {
    let mut random = choices(file);
    let (unpacked, _) = unpack(file, usize::MAX);
    for quirks in [Quirks::NONE, Quirks::ALL] {
        let mut modes = Vec::new();
        for buffers in BUFFERS {
            let time = *random.pick(&TIMES);
            let zone = *random.pick(&[Zone::Utc, Zone::Fixed(-3_600), Zone::Fixed(50_400)]);
            let room = Printer::default().room;
            modes.push(Printer { release: Release::default(), quirks, buffers, verbose: random.below(2) == 0, time, zone, room });
        }
        let mut line = Vec::new();
        let (mut first, mut before) = (None, None);
        apply(&unpacked.bytes, quirks, &mut |state, row, event, applied| {
            let own = state.release();
            // Damage may lie about the release too.
            let release = if row % 16 == 0 { RELEASES[row as usize / 16 % RELEASES.len()] } else { own };
            let count = modes.len();
            let printer = &mut modes[row as usize % count];
            printer.release = release;
            let fd_name = state.written_name(applied);
            let heading = Heading {
                number: applied.number.unwrap_or(0),
                clock: Clock { ts: event.ts, first: *first.get_or_insert(event.ts), before, latency: applied.latency.unwrap_or(0) },
                comm: (applied.version != NONE).then(|| state.text(state.version(applied.version).comm)),
                tid: event.tid,
                fd_name,
            };
            let view = state.live(applied.version);
            line.clear();
            printer.line(&mut line, event, &heading, &view);
            assert!(!line.is_empty(), "nothing is printed of row {row}");
            printer.room = printer.room_after(event);
            if row % 7 == 0 {
                for index in 0..event.params.len() + 1 {
                    let _ = printer.param(event, index, &view);
                    let end = printer.append_param(&mut line, event, index, &view);
                    assert!(end.is_none_or(|end| end <= line.len()), "a text ends behind itself");
                }
            }
            before = Some(event.ts);
        });
    }
}
