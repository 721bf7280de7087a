//! The two afternoons that Scapscope was made for: what sysdig printed then, drawn as captures and printed again.

mod harness;

use harness::{fd_name, line, walk};
use model::quirk::Quirks;
use model::state::NONE;
use model::state::threads::Birth;
use model::text::{Clock, Printer};
use model::State;

/// A FastCGI responder that closes early: httpd writes 16, 699 and 8 bytes, then 8 more, and gets EPIPE.
const EPIPE: &str = "\
87796 07:12:54.244173691 6 httpd (22014) < connect res=0 tuple=ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s
87797 07:12:54.244176698 6 httpd (22014) > fcntl fd=26(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) cmd=4(F_GETFL)
87800 07:12:54.244178198 6 httpd (22014) > fcntl fd=26(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) cmd=5(F_SETFL)
87802 07:12:54.244180563 6 httpd (22014) > writev fd=26(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=16
88619 07:12:54.259281618 7 uwsgi (20882) < accept fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) tuple=ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s queuepct=0
88627 07:12:54.259287565 7 uwsgi (20882) > read fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=4096
88633 07:12:54.259291681 7 uwsgi (20882) < read res=16 data=................
89021 07:12:54.259721201 6 httpd (22014) > writev fd=26(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=699
89040 07:12:54.259743588 6 uwsgi (20882) > read fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=4096
89045 07:12:54.259748834 6 uwsgi (20882) < read res=699 data=..........HTTP_HOST127.0.0.1..HTTP_USER_AGENTApacheBench/2.3..HTTP_ACCEPT*/*.<PA
89083 07:12:54.259786716 6 httpd (22014) > writev fd=26(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=8
89097 07:12:54.259802288 6 uwsgi (20882) > read fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=4096
89104 07:12:54.259806481 6 uwsgi (20882) < read res=8 data=........
89148 07:12:54.259862936 6 uwsgi (20882) > write fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=8
89158 07:12:54.259872030 6 uwsgi (20882) > write fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=43
89161 07:12:54.259874552 6 uwsgi (20882) > write fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=8
89165 07:12:54.259877021 6 uwsgi (20882) > write fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=11
89184 07:12:54.259892476 6 uwsgi (20882) > write fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=24
89188 07:12:54.259895312 6 uwsgi (20882) > close fd=10(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s)
89254 07:12:54.259984241 6 httpd (22014) > writev fd=26(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s) size=8
89285 07:12:54.260023713 6 httpd (22014) < writev res=-32(EPIPE) data=........
89314 07:12:54.260054390 6 httpd (22014) > close fd=26(<u>ffff880108bcc440->ffff880108bcba80 /tmp/helloFastCGI.s)
";

/// What the FastCGI records behind the dots were: begin, parameters, end of the parameters, end of the input.
const RECORDS: [(&str, &str); 4] = [
    ("res=16 data=................", "res=16 data='\\x01\\x01\\0\\x01\\0\\x08\\0\\0\\0\\x01\\0\\0\\0\\0\\0\\0'"),
    ("data=..........HTTP_HOST127.0.0.1..HTTP_USER_AGENTApacheBench/2.3..HTTP_ACCEPT*/*.<PA", "data='\\x01\\x04\\0\\x01\\x02\\xb3\\0\\0\\x09\\x09HTTP_HOST127.0.0.1\\x0f\\x0fHTTP_USER_AGENTApacheBench/2.3\\x0b\\x03HTTP_ACCEPT*/*\\x04<PA'"),
    ("res=8 data=........", "res=8 data='\\x01\\x04\\0\\x01\\0\\0\\0\\0'"),
    ("res=-32(EPIPE) data=........", "res=-32 data='\\x01\\x05\\0\\x01\\0\\0\\0\\0'"),
];

/// statsd datagrams from a container, before and after its processes were started anew.
const STATSD_BEFORE: &str = "\
5021 07:22:37.854474986 1 phpfpmalpine_php_1 (d7bb71f7610b) php-fpm (11641:7) < connect res=0 tuple=127.0.0.1:41816->127.0.0.1:8125
5024 07:22:37.854478368 1 phpfpmalpine_php_1 (d7bb71f7610b) php-fpm (11641:7) > sendto fd=5(<4u>127.0.0.1:41816->127.0.0.1:8125) size=34 tuple=NULL
5025 07:22:37.854499400 1 phpfpmalpine_php_1 (d7bb71f7610b) php-fpm (11641:7) < sendto res=34 data=app.metrics.foo:0.38912133891213|g
5033 07:22:37.854586634 1 phpfpmalpine_php_1 (d7bb71f7610b) php-fpm (11641:7) < close res=0
";
const STATSD_FORK: &str = "\
134079 07:22:41.219236734 3 php-fpm (11830) < fork res=0 exe=php-fpm args= tid=11830(php-fpm) pid=11830(php-fpm) ptid=11801(php-fpm) cwd=/var/www/html fdlimit=1048576 pgft_maj=0 pgft_min=0 vm_size=39816 vm_rss=4796 vm_swap=0 comm=php-fpm cgroups=cpuset=/docker/d7bb71f7610b01172a9b87cd09ac04709d4239f2acc73f6e237adbafc30993... flags=0 uid=0 gid=0 vtid=7 vpid=7
";
const STATSD_AFTER: &str = "\
169694 07:22:43.494058726 3 host (host) php-fpm (11830:7) < connect res=0 tuple=127.0.0.1:40687->127.0.0.1:8125
169697 07:22:43.494062421 3 host (host) php-fpm (11830:7) > sendto fd=5(<4u>127.0.0.1:40687->127.0.0.1:8125) size=34 tuple=NULL
169698 07:22:43.494085960 3 host (host) php-fpm (11830:7) < sendto res=34 data=app.metrics.foo:0.71194379391101|g
169706 07:22:43.494119602 3 host (host) php-fpm (11830:7) < close res=0
";

/// Draws a listing: each line at its number, with events that are never shown in between.
struct Drawing {
    text: String,
    number: u64,
    tid: i64,
}

impl Drawing {
    fn new(lists: &str) -> Self {
        // The first event is the one that `lists` draws, when it draws any.
        Self { text: format!("release 0.29.3\nstart 0\n{lists}\nns cpu tid dir type args\n"), number: 0, tid: 1 }
    }

    /// Events that the listing leaves out, just before event `number`.
    fn before(&mut self, number: u64, events: &[&str]) {
        self.fill(number - events.len() as u64);
        for event in events {
            self.text.push_str(&format!("0 0 {event}\n"));
            self.number += 1;
        }
    }

    fn fill(&mut self, number: u64) {
        while self.number + 1 < number {
            self.text.push_str(&format!("0 0 {} > procinfo cpu_usr=0 cpu_sys=0\n", self.tid));
            self.number += 1;
        }
    }

    /// A line that sysdig printed; `columns` stand between the CPU and the direction.
    fn line(&mut self, printed: &str, columns: usize) {
        let mut words = printed.splitn(4 + columns, ' ');
        let number: u64 = words.next().and_then(|word| word.parse().ok()).expect("a number");
        self.fill(number);
        let clock: Vec<u64> = words.next().expect("a time").split([':', '.']).map(|part| part.parse().expect("digits")).collect();
        let [hours, minutes, seconds, nanoseconds] = clock[..] else { panic!("a time of day") };
        let ns = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000 + nanoseconds;
        let cpu = words.next().expect("a CPU");
        let tid = words.by_ref().take(columns).last().expect("a thread");
        let tid = tid.trim_matches(['(', ')']).split(':').next().expect("a tid");
        let mut event = words.next().expect("an event").to_owned();
        for (dots, bytes) in RECORDS {
            event = event.replace(dots, bytes);
        }
        self.text.push_str(&format!("{ns} {cpu} {tid} {event}\n"));
        self.number += 1;
    }
}

/// Prints the events with these numbers; `who` stands between CPU and direction.
fn printed(drawn: &str, numbers: &[u64], quirks: Quirks, who: fn(&State, &model::Applied, i64) -> String) -> (Vec<String>, State) {
    let mut lines = Vec::new();
    let state = walk(&testkit::capture_from_text(drawn), quirks, |state, _, event, applied| {
        if !applied.number.is_some_and(|number| numbers.contains(&number)) {
            return;
        }
        assert!(applied.printed);
        let printer = Printer { release: state.release(), quirks, ..Printer::default() };
        let mut text = Vec::new();
        let clock = Clock { ts: event.ts, ..Clock::default() };
        line(&mut text, &printer, state, event, &applied, clock, (&state.live(applied.version), &fd_name(state, &applied)));
        let text = String::from_utf8_lossy(&text).trim_end().to_owned();
        let comm = String::from_utf8_lossy(state.text(state.version(applied.version).comm)).into_owned();
        lines.push(text.replacen(&format!("{comm} ({})", event.tid), &who(state, &applied, event.tid), 1));
    });
    (lines, state)
}

fn numbers(listing: &str) -> Vec<u64> {
    listing.lines().map(|line| line.split(' ').next().and_then(|word| word.parse().ok()).expect("a number")).collect()
}

fn plain(state: &State, applied: &model::Applied, tid: i64) -> String {
    format!("{} ({tid})", String::from_utf8_lossy(state.text(state.version(applied.version).comm)))
}

/// The columns of `-pc`.
fn with_container(state: &State, applied: &model::Applied, tid: i64) -> String {
    let version = state.version(applied.version);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let id = text(state.text(version.container));
    let (name, id) = match state.containers().get(version.container) {
        Some(container) => (text(&container.name), id),
        None if id.is_empty() => ("host".to_owned(), "host".to_owned()),
        None => ("<NA>".to_owned(), id),
    };
    format!("{name} ({id}) {} ({tid}:{})", text(state.text(version.comm)), version.vtid)
}

#[test]
fn the_broken_pipe_prints_as_it_did() {
    let mut drawing = Drawing::new(
        "
        process tid=1 comm=init
        process tid=22000 comm=httpd
        process tid=22014 pid=22000 comm=httpd
        process tid=20881 comm=uwsgi
        process tid=20882 ptid=20881 comm=uwsgi
        fd tid=20882 fd=3 unix 0->0 /tmp/helloFastCGI.s
        ",
    );
    let mut lines = EPIPE.lines();
    drawing.before(
        87796,
        &[
            "22014 > socket domain=1 type=1 proto=0",
            "22014 < socket fd=26",
            "22014 > connect fd=26 addr=/tmp/helloFastCGI.s",
        ],
    );
    drawing.line(lines.next().expect("connect"), 2);
    for line in lines {
        drawing.line(line, 2);
    }
    let expected: Vec<&str> = EPIPE.lines().collect();
    for quirks in [Quirks::NONE, Quirks::ALL] {
        let (lines, state) = printed(&drawing.text, &numbers(EPIPE), quirks, plain);
        assert_eq!(lines, expected);
        // Both ends of the stream have found each other: httpd's and the one that uwsgi accepted.
        let ends: Vec<u32> = (0..state.descriptions().len() as u32).filter(|end| state.descriptions().peer(*end) != NONE).collect();
        assert_eq!(ends.len(), 2);
        assert_eq!(state.descriptions().peer(ends[0]), ends[1]);
    }
}

#[test]
fn the_datagrams_print_as_they_did_and_those_after_the_fork_belong_to_the_container() {
    const ID: &str = "d7bb71f7610b01172a9b87cd09ac04709d4239f2acc73f6e237adbafc3099312";
    let cgroups = format!("cpuset=/docker/{ID}\\0cpu=/docker/{ID}\\0");
    let mut drawing = Drawing::new(&format!(
        "
        process tid=1 comm=init
        process tid=11641 ptid=11600 comm=php-fpm vtid=7 vpid=7 cgroups='{cgroups}'
        "
    ));
    let record = format!(r#"-1 > container#272 json='{{"container":{{"id":"{}","name":"phpfpmalpine_php_1","image":"php:fpm-alpine"}}}}'"#, &ID[..12]);
    drawing.before(2, &[&record]);
    let connect = |tid: i64| {
        [
            format!("{tid} > socket domain=2 type=2 proto=17"),
            format!("{tid} < socket fd=5"),
            format!("{tid} > connect fd=5 addr=127.0.0.1:8125"),
        ]
    };
    let close = |tid: i64| format!("{tid} > close fd=5");
    let story = |drawing: &mut Drawing, listing: &str, tid: i64| {
        let lines: Vec<&str> = listing.lines().collect();
        drawing.before(numbers(listing)[0], &connect(tid).each_ref().map(String::as_str));
        lines[..3].iter().for_each(|line| drawing.line(line, 4));
        drawing.before(numbers(listing)[3], &[&close(tid)]);
        drawing.line(lines[3], 4);
    };
    story(&mut drawing, STATSD_BEFORE, 11641);
    // The master was started anew; of it nothing but its children is known.
    let told = STATSD_FORK.trim_end().replace("comm=php-fpm cgroups=cpuset=/docker/d7bb71f7610b01172a9b87cd09ac04709d4239f2acc73f6e237adbafc30993...", &format!("comm=php-fpm cgroups='{cgroups}'"));
    drawing.line(&told, 2);
    story(&mut drawing, STATSD_AFTER, 11830);

    for quirks in [Quirks::NONE, Quirks::ALL] {
        let (before, _) = printed(&drawing.text, &numbers(STATSD_BEFORE), quirks, with_container);
        assert_eq!(before, STATSD_BEFORE.lines().collect::<Vec<_>>());
        let (fork, _) = printed(&drawing.text, &numbers(STATSD_FORK), quirks, plain);
        assert_eq!(fork, STATSD_FORK.lines().collect::<Vec<_>>());
        // Then it said `host (host)`: cgroups were read from clone alone, and musl forks.
        let (after, state) = printed(&drawing.text, &numbers(STATSD_AFTER), quirks, with_container);
        let right = STATSD_AFTER.replace("host (host)", "phpfpmalpine_php_1 (d7bb71f7610b)");
        assert_eq!(after, right.lines().collect::<Vec<_>>());

        let thread = state.threads().find(11830).expect("it lives");
        let version = state.threads().now(thread);
        assert_eq!(state.text(version.container), b"d7bb71f7610b");
        // Row 134078 is event 134079: born by fork from 11801, and by its own cgroups.
        assert_eq!(state.threads().get(thread).birth, Birth::Cloned { row: 134_078, parent: 11_801 });
        assert_eq!(version.cgroups_since, 134_078);
    }
}
