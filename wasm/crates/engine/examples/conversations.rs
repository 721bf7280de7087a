//! What conversations cost, one JSON line per figure: indexing with and without them on one capture, opening the longest
//! of its conversations, and sorting and narrowing a list of 100,000.
//!
//! `cargo run --release -p engine --example conversations -- CAPTURE` (raw, not packed). `npm run bench` calls it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use engine::conversations::{GroupBy, ListQuery, SortBy, Wanted};
use engine::{Options, Session};

const RUNS: usize = 5;
const LISTED: u32 = 100_000;

fn indexed(bytes: &[u8], conversations: bool) -> Session {
    let mut session = Session::new(Options { limit: u64::MAX, conversations, ..Options::default() });
    session.next_file("bench");
    for slice in bytes.chunks(1 << 20) {
        session.push(slice);
    }
    session.finish();
    session
}

/// Time that this thread had on a processor, where Linux tells it: what else the machine does is not counted.
fn on_cpu() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(told.split(' ').next()?.parse().ok()?))
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let (since, cpu) = (Instant::now(), on_cpu());
    let value = work();
    (on_cpu().zip(cpu).map_or_else(|| since.elapsed(), |(now, then)| now - then), value)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
}

fn main() {
    let Some(name) = std::env::args().nth(1) else { panic!("name a capture") };
    let bytes = std::fs::read(&name).expect("the capture can be read");
    // Alternating: what slows the machine for a while slows both.
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        without.push(timed(|| indexed(&bytes, false)).0);
        with.push(timed(|| indexed(&bytes, true)).0);
    }
    let (with, without) = (median(with), median(without));
    println!(r#"{{"figure":"index with conversations / without","ratio":{:.3},"seconds":{with:.3},"peer_seconds":{without:.3},"runs":{RUNS},"target":1.15}}"#, with / without);

    let mut session = indexed(&bytes, true);
    let files = [bytes];
    let mut source = files.as_slice();
    let (book, count) = timed(|| session.conversations().len());
    let query = ListQuery { sort: SortBy::Calls, descending: true, ..ListQuery::default() };
    let longest = session.conversation_window(&query, 0, 1);
    println!(r#"{{"figure":"make the conversations","ms":{:.1},"conversations":{count}}}"#, book.as_secs_f64() * 1e3);
    if let (Some(key), Some(life), Some(calls)) = (longest.key.first(), longest.life.first(), longest.calls.first()) {
        let wanted = Wanted { key: key.clone(), life: (!life.is_nan()).then_some(*life as u32) };
        let mut times = Vec::new();
        for _ in 0..RUNS {
            session.forget_followed();
            times.push(timed(|| {
                session.conversation_detail(&wanted, &mut source).expect("bytes are in memory");
                session.conversation_calls(&wanted, 0, 60, None, 80, &mut source).expect("bytes are in memory");
            }).0);
        }
        println!(r#"{{"figure":"open the longest conversation","ms":{:.1},"calls":{calls},"runs":{RUNS},"target":200}}"#, median(times) * 1e3);
    }

    let mut text = "release 0.29.3\nprocess tid=10 comm=client\nprocess tid=20 comm=server\nns tid dir type args\n".to_owned();
    for at in 0..LISTED {
        let (one, other) = (0xffff_8880_0000_0000u64 + u64::from(at) * 0x800, 0xffff_8880_0000_0400u64 + u64::from(at) * 0x800);
        let tuple = format!("{one:x}->{other:x} /run/service-{}.sock", at % 977);
        let size = at.wrapping_mul(2_654_435_761) % 4096;
        write!(
            text,
            "{at} 10 > socket domain=1 type=1 proto=0\n{at} 10 < socket fd=3\n{at} 10 > connect fd=3 addr=/s\n{at} 10 < connect res=0 tuple={tuple}\n{at} 20 > accept\n{at} 20 < accept fd=5 tuple={tuple} queuepct=0\n{at} 10 > write fd=3 size={size}\n{at} 10 < write res={size} data=x\n{at} 10 > close fd=3\n{at} 10 < close res=0\n{at} 20 > close fd=5\n{at} 20 < close res=0\n"
        )
        .expect("text takes text");
    }
    let mut session = indexed(&testkit::capture_from_text(&text), true);
    let (first, rows) = timed(|| session.conversation_window(&ListQuery::default(), 0, 60).rows);
    println!(r#"{{"figure":"list {LISTED} conversations the first time","ms":{:.1},"rows":{rows}}}"#, first.as_secs_f64() * 1e3);
    let sorts = [
        SortBy::Start, SortBy::Duration, SortBy::Processes, SortBy::Key, SortBy::Path, SortBy::Calls, SortBy::There, SortBy::Back, SortBy::Unread,
        SortBy::Refused, SortBy::Error, SortBy::Family, SortBy::Protocol,
    ];
    let mut worst = (Duration::ZERO, String::new());
    for sort in sorts {
        for (narrow, group) in [("", GroupBy::Nothing), ("service-97", GroupBy::Nothing), ("", GroupBy::Path), ("", GroupBy::Processes)] {
            let query = ListQuery { sort, descending: true, narrow: narrow.to_owned(), group };
            let (time, _) = timed(|| session.conversation_window(&query, 0, 60));
            if time > worst.0 {
                worst = (time, format!("{sort:?} {group:?} {narrow}"));
            }
        }
    }
    println!(r#"{{"figure":"sort and narrow {LISTED} conversations, the slowest way","ms":{:.1},"way":"{}","target":100}}"#, worst.0.as_secs_f64() * 1e3, worst.1.trim_end());
}
