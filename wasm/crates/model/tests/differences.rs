//! `docs/differences.md` is made from the list of faults and from what they change in the shipped captures.
//!
//! `UPDATE_DOCS=1 cargo test -p model --test differences` writes it.

mod harness;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::{fd_name, inflated, line, root, shipped, stem, walk};
use model::quirk::{Home, Quirk, Quirks};
use model::table::Release;
use model::text::{Clock, Printer, TimeMode};

const RELEASES: [(Release, &str, &str); 3] = [
    (Release::V0_29_3, "0.29.3", "-kmod-0.29.3"),
    (Release::V0_36_0, "0.36.0", "-modern-0.36.0"),
    (Release::Libs0_25_4, "library 0.25.4", "-libs0.25.4"),
];

const HEAD: &str = "\
# Differences from sysdig

<!-- Written by `UPDATE_DOCS=1 cargo test -p model --test differences`; that test fails when this is out of date. -->

Where sysdig is wrong, the page, filters and JSON show what is right. `scapscope sysdig`, whose purpose is the same text as
`sysdig -r`, copies the faults below, each release's own for the captures that it recorded; with `--right` it copies none.
";

const WITHOUT_A_SWITCH: &str = "
## Faults that are never copied

* It crashes, stops or refuses to go on: at a parameter of a wrong length, at container records that are no JSON, at descriptors
  of a kind it does not know, at damaged blocks. What can be read is shown here; a parameter of a wrong length prints
  `<bad length 3>`.
* It prints memory that was never written. There is nothing to copy. In 0.29.3 these are the device of sockets and pipes (`fd.dev`),
  `proc.is_exe_writable` of a thread that it knows nothing of, and user, group and parent of a container's own record, these in
  0.36.0 too; and there `proc.exe_ino.ctime_duration_proc_start` of a process that is older than the capture.
* Without `-d` it filters before an event has had its effect ([filter.md](filter.md)), so that a filter changes what is known of
  descriptors and processes. Filters are held against it with `-d`. Those of 0.36.0 were recorded without it: to this is put
  down that some on descriptors (`fd.uid exists`, `fd.lport exists`), on the threads of a process and on a process that it
  prints as `<NA>` select a few events more or less, for what it prints agrees.
* 0.36.0 keeps name, home and shell of the user when a program changes the user by being executed (sudo, passwd), and has the
  new number all the same; here they are those of the number.
* 0.36.0 lists the kinds of `fd.types` in the order of its hash table; here they are sorted.
* It keeps no more than 262,144 threads. There is no such limit here.
* Up to 0.9.0 it read the cgroups of clone alone, so that children of fork and vfork had no container. No release that is copied
  has this fault; here cgroups are read from clone, clone3, fork, vfork and execve alike.
* A failed open below a directory descriptor has that directory's name in `fd.name`. Lines do not show it.
";

const BETWEEN_RELEASES: &str = "
## Differences between releases

People compare with the tool that recorded a capture, and most of what follows is taste, not fault: so each capture is printed
as its own release prints it, by a printer that knows three of them, and no text is rewritten (`differences.json` is empty).
Which release it was shows in the length of the entries of its process list.

| what | 0.29.3 | 0.36.0 | library 0.25.4 |
|---|---|---|---|
| names, types and number of parameters | its own table | its own table | its own table |
| event types that it does not know | no line and no number | no line and no number | |
| space behind the last parameter | yes | yes | no |
| text of no bytes | nothing | `<NA>` | `<NA>` |
| buffer of no bytes | nothing | `NULL` | `NULL` |
| address of no bytes | `NULL` | `NULL` | `<NA>` |
| `(NULL)` in a text or path | as it is | `<NA>` | `<NA>` |
| text alternative of a dynamic parameter, no bytes | nothing | nothing | `(null)` |
| names of flags that were added later | no | no | yes |
| values that are no flags (`domain`) | first name | all names | all names |
| `op` of futex | bits by name | only where one name fits | bits by name |
| result of mmap | hexadecimal | decimal | decimal |
| call without a name of its own | `<unknown>` | name of the native call at its enter | name of the native call |
| call 298 | `sigreturn` | its name | its name |
| descriptor of a kind that the recorder did not support | `X` | `?` | `?` |
| bytes of a path argument that cannot be printed | left out, `.` in the joined path | as they are | as they are |
| bytes of a name that cannot be printed | left out | left out | U+FFFD |
| empty path | the directory it stands for | nothing | nothing |
| `.` below an unknown directory | nothing | `.` | `.` |
| joined path of more than 1,024 bytes | in full | `/PATH_TOO_LONG` | `/DIR_TOO_LONG/FILENAME_TOO_LONG` |
| buffers, arguments and environment | 80 characters | 80 characters | in full |
| messages to the system log | in words | in words | as data |
| latency (`-t d`) | yes | yes | 0 |
";

/// What one printing of a capture gave: a hash of each line.
fn lines(bytes: &[u8], quirks: Quirks, time: TimeMode) -> Vec<u64> {
    let mut lines = Vec::new();
    let mut text = Vec::new();
    let mut first = None;
    let mut before = None;
    let mut room = Printer::default().room;
    walk(bytes, quirks, |state, _, event, applied| {
        if !applied.printed {
            return;
        }
        let printer = Printer { release: state.release(), quirks: state.quirks(), time, room, ..Printer::default() };
        let clock =
            Clock { ts: event.ts, first: *first.get_or_insert(event.ts), before, latency: applied.latency.unwrap_or(0) };
        text.clear();
        line(&mut text, &printer, state, event, &applied, clock, (&state.live(applied.version), &fd_name(state, &applied)));
        room = printer.room_after(event);
        before = Some(event.ts);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        lines.push(hasher.finish());
    });
    lines
}

/// Lines by release: all, and those that each fault changes.
#[derive(Default)]
struct Counts {
    all: BTreeMap<Release, usize>,
    changed: BTreeMap<(Quirk, Release), usize>,
}

fn count() -> Counts {
    let captures: Vec<(Release, Vec<u8>)> = shipped()
        .iter()
        .map(|path| {
            let name = stem(path);
            let release = RELEASES.iter().find(|(_, _, ending)| name.contains(ending)).expect("the name tells the recorder").0;
            (release, inflated(path))
        })
        .collect();
    let counts = Mutex::new(Counts::default());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((release, bytes)) = captures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let modes = [TimeMode::TimeOfDay, TimeMode::Absolute, TimeMode::Latency, TimeMode::Delta];
                    let base = modes.map(|mode| (mode, lines(bytes, Quirks::ALL, mode)));
                    counts.lock().expect("no panic").all.entry(*release).and_modify(|all| *all += base[0].1.len()).or_insert(base[0].1.len());
                    for &quirk in Quirk::ALL_MEMBERS.iter().filter(|quirk| quirk.facts().releases.contains(release)) {
                        let mode = quirk.facts().time;
                        let base = &base.iter().find(|(known, _)| *known == mode).expect("every mode in use is there").1;
                        let without = lines(bytes, Quirks::ALL.without(quirk), mode);
                        assert_eq!(base.len(), without.len(), "{quirk:?} changes how many lines there are");
                        let changed = base.iter().zip(&without).filter(|(one, other)| one != other).count();
                        *counts.lock().expect("no panic").changed.entry((quirk, *release)).or_insert(0) += changed;
                    }
                }
            });
        }
    });
    counts.into_inner().expect("no panic")
}

fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Breaks a paragraph into lines.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > 120 {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out
}

fn named(release: Release) -> &'static str {
    RELEASES.iter().find(|known| known.0 == release).map_or("", |known| known.1)
}

fn document(counts: &Counts) -> String {
    let mut out = HEAD.to_owned();
    let all: Vec<String> =
        RELEASES.iter().map(|(release, name, _)| format!("{} by {name}", grouped(counts.all.get(release).copied().unwrap_or(0)))).collect();
    let text = format!(
        "Lines are counted in the captures in `public/samples` and `wasm/captures`: {}. Time modes count in their own mode. No lines \
         means that the shipped captures have no such case, or that the fault shows in fields alone.",
        all.join(", ")
    );
    let _ = writeln!(out, "\n{}", wrapped(&text));
    for (home, title) in [
        (Home::Reader, "Which events there are"),
        (Home::State, "What is remembered"),
        (Home::Both, "What is remembered and printed"),
        (Home::Text, "How it is printed"),
        (Home::Filter, "What fields say and filters select"),
    ] {
        let _ = writeln!(out, "\n## {title}");
        for quirk in Quirk::ALL_MEMBERS.iter().filter(|quirk| quirk.facts().home == home) {
            let facts = quirk.facts();
            let lines: Vec<String> = RELEASES
                .iter()
                .filter(|(release, _, _)| facts.releases.contains(release))
                .map(|(release, name, _)| format!("{name}: {}", match counts.changed.get(&(*quirk, *release)).copied().unwrap_or(0) {
                    0 => "no lines".to_owned(),
                    1 => "1 line".to_owned(),
                    lines => format!("{} lines", grouped(lines)),
                }))
                .collect();
            // No line of `sysdig -r` has anything of a filter, and no shipped capture is damaged.
            let lines = if matches!(home, Home::Filter | Home::Reader) { facts.releases.iter().map(|release| named(*release).to_owned()).collect() } else { lines };
            let text = format!(
                "**{}.** sysdig {}; right is {}. Shows {}. *{}.*",
                facts.name,
                facts.sysdig,
                facts.right,
                facts.shows,
                lines.join("; ")
            );
            let _ = writeln!(out, "\n{}", wrapped(&text));
        }
    }
    out + WITHOUT_A_SWITCH + BETWEEN_RELEASES
}

#[test]
fn the_page_on_differences_is_up_to_date() {
    let path = root().join("docs/differences.md");
    let wanted = document(&count());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("the page can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    for (number, (found, wanted)) in found.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(found, wanted, "line {} is out of date: UPDATE_DOCS=1 cargo test -p model --test differences", number + 1);
    }
    assert_eq!(found.len(), wanted.len(), "docs/differences.md is out of date: UPDATE_DOCS=1 cargo test -p model --test differences");
}
