//! The command from outside: what it prints, how it ends.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

fn scapscope(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_scapscope")).args(args).env("TZ", "UTC").output().expect("the command runs")
}

fn capture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../captures").join(name);
    assert!(path.exists(), "{name} is shipped");
    path.to_string_lossy().into_owned()
}

/// A file of this test run.
fn file(name: &str, bytes: &[u8]) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).expect("the folder for tests can be written to");
    path.to_string_lossy().into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const SMALL: &str = "variant-kmod-0.29.3-n2000.scap.gz";

#[test]
fn lines_stand_as_sysdig_prints_them() {
    let output = scapscope(&["sysdig", "-r", &capture(SMALL), "-n", "1"]);
    assert!(output.status.success());
    let line = stdout(&output);
    assert!(line.starts_with("1 21:26:41."), "{line}");
    assert_eq!(line.lines().count(), 1);
}

#[test]
fn a_negative_limit_is_none() {
    let all = stdout(&scapscope(&["sysdig", "-r", &capture(SMALL)]));
    assert_eq!(stdout(&scapscope(&["sysdig", "-n", "-3", "-r", &capture(SMALL)])), all);
}

#[test]
fn hidden_events_count_for_a_limit() {
    let output = scapscope(&["sysdig", "-r", &capture(SMALL), "-n", "1000"]);
    let text = stdout(&output);
    let last = text.lines().last().and_then(|line| line.split(' ').next()?.parse::<u32>().ok()).expect("a number");
    assert!(last <= 1000);
    assert!(text.lines().count() < last as usize, "procinfo events have numbers, but no lines");
}

#[test]
fn zones_move_the_time_of_day() {
    let args = ["sysdig", "-r", &capture(SMALL), "-n", "1"];
    let output = Command::new(env!("CARGO_BIN_EXE_scapscope")).args(args).env("TZ", "America/New_York").output();
    assert!(stdout(&output.expect("the command runs")).starts_with("1 16:26:41."));
}

#[test]
fn standard_input_is_read_by_its_name() {
    let input = fs::File::open(capture(SMALL)).expect("it is shipped");
    let output = Command::new(env!("CARGO_BIN_EXE_scapscope"))
        .args(["sysdig", "-r", "-", "-n", "3"])
        .stdin(input)
        .output()
        .expect("the command runs");
    assert!(output.status.success());
    assert_eq!(stdout(&output).lines().count(), 3);
}

#[test]
fn numbers_begin_anew_with_each_file() {
    let name = capture(SMALL);
    let output = scapscope(&["sysdig", "-r", &name, "-r", &name, "-n", "2"]);
    let text = stdout(&output);
    let numbers: Vec<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(numbers, ["1", "2", "1", "2"]);
}

#[test]
fn a_cut_capture_is_printed_to_the_cut_and_told() {
    let bytes = fs::read(capture(SMALL)).expect("it is shipped");
    let whole = stdout(&scapscope(&["sysdig", "-r", &capture(SMALL)]));
    let cut = file("cut.scap.gz", &bytes[..bytes.len() / 2]);
    let output = scapscope(&["sysdig", "-r", &cut]);
    let text = stdout(&output);
    assert!(text.lines().count() > 100);
    assert!(whole.starts_with(&text));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the file ends in"), "{}", stderr(&output));
}

#[test]
fn a_block_that_only_its_header_speaks_for_is_a_line_where_sysdig_prints_one() {
    let mut bytes = testkit::capture_from_text(
        "
        release 0.29.3
        process tid=10 comm=cat
        ns  tid dir type  args
        10  10  >   close fd=3
        20  10  <   close res=0
        30  10  >   close fd=4
        ",
    );
    // The last event's own length, the one behind its block and what follows: sysdig 0.29.3 prints three lines and fails.
    let last = bytes.len() - 52;
    assert_eq!(bytes[last..last + 2], [0x16, 0x02]);
    bytes[last + 26..last + 30].fill(0xee);
    bytes[last + 48..].fill(0xee);
    bytes.extend([0xee; 60]);
    let path = file("bare.scap", &bytes);
    let lines = |args: &[&str]| {
        let output = scapscope(&[&["sysdig", "-r", &path], args].concat());
        assert_eq!(output.status.code(), Some(1));
        stdout(&output).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&["--right"]).len(), 2);
    assert_eq!(lines(&[])[..2], lines(&["--right"]));
    assert_eq!(lines(&[])[2], "3 22:13:20.000000030 0 cat (10) > close fd=4 ");
}

#[test]
fn what_is_no_capture_is_said_in_one_sentence() {
    for (name, bytes, sentence) in [
        ("text.scap", &b"hello, this is not a capture but a line of text\n"[..], "this is not a capture: it looks like text"),
        ("empty.scap", b"", "the file is empty"),
        ("picture.scap", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and what follows", "this is not a capture: it looks like PNG image"),
    ] {
        let path = file(name, bytes);
        for args in [["sysdig", "-r", &path], ["info", "--json", &path]] {
            let output = scapscope(&args);
            assert_eq!(output.status.code(), Some(1), "{name}");
            assert_eq!(stderr(&output), format!("scapscope: {sentence}\n"));
            assert_eq!(stdout(&output), "");
        }
    }
    let output = scapscope(&["sysdig", "-r", "/no/such/file"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("scapscope: can't open file /no/such/file"));
}

#[test]
fn wrong_arguments_are_refused() {
    for (args, sentence) in [
        (&["sysdig"][..], "no capture to read"),
        (&["sysdig", "-r"], "missing argument"),
        (&["sysdig", "-t", "x", "-r", "f"], "invalid modifier for flag -t"),
        (&["sysdig", "-n", "0", "-r", "f"], "invalid event count 0"),
        (&["sysdig", "-n", "many", "-r", "f"], "can't parse the -n argument"),
        (&["sysdig", "-n", "3x", "-r", "f"], "can't parse the -n argument"),
        (&["sysdig", "-Z"], "invalid option -- 'Z'"),
        (&["sysdig", "--nosuch"], "unrecognized option '--nosuch'"),
        (&["sysdig", "--pri=x"], "option '--pri' is ambiguous"),
        (&["nosuch"], "unknown command"),
    ] {
        let output = scapscope(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(stderr(&output).contains(sentence), "{args:?}: {}", stderr(&output));
    }
}

/// The same words to the same end as sysdig 0.29.3, whose `getopt_long` reads them.
#[test]
fn options_are_written_as_sysdig_takes_them() {
    let path = capture(SMALL);
    let told = |args: &[&str]| {
        let output = scapscope(&[&["sysdig"], args].concat());
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{args:?}");
        stdout(&output)
    };
    let some = told(&["-r", &path, "-p", "%evt.num %proc.name", "-n", "9", "proc.name=ls and evt.dir=>"]);
    assert_eq!(some.lines().count(), 9);
    for args in [
        &["-r", &path, "-p%evt.num %proc.name", "-n9", "proc.name=ls and evt.dir=>"][..],
        &[&format!("-r{path}"), "-n", " 9", "-p", "%evt.num %proc.name", "proc.name=ls", "and evt.dir=>"],
        &["proc.name=ls", "-r", &path, "and", "-p", "%evt.num %proc.name", "evt.dir=>", "-n", "9"],
        &["-p", "%fd.name", "-p", "%evt.num %proc.name", "-n", "9", "-r", &path, "--", "proc.name=ls", "and", "evt.dir=>"],
        &["--read", &path, "--print=%evt.num %proc.name", "--numevents=9", "proc.name=ls and evt.dir=>"],
        &[&format!("--re={path}"), "--print", "%evt.num %proc.name", "--num", "9", "proc.name=ls and evt.dir=>"],
    ] {
        assert_eq!(told(args), some, "{args:?}");
    }
    let json = told(&["-j", "-r", &path, "-n", "4"]);
    assert!(json.lines().count() == 4 && json.starts_with('{'));
    assert_eq!(told(&["-jr", &path, "-n4"]), json);
    assert_eq!(told(&["-qr", &path]), "");
    assert_eq!(told(&["-r", &path, "-n", "99999999999999999999"]), told(&["-r", &path]));
    let format = told(&["-pp"]);
    assert!(format.starts_with("*%evt.num ") && format.lines().count() == 1);
    assert_eq!(told(&["-r", &path, "-p", "p", "proc.name=ls"]), format);
    assert!(told(&["-l"]).lines().any(|line| line.starts_with("proc.name ")));
    assert_eq!(told(&["-lr", &path]), told(&["--list"]));
    for args in [&["-A", "-X"][..], &["-xx"]] {
        let output = scapscope(&[&["sysdig", "-r", &path], args].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()), "{args:?}");
        assert!(stderr(&output).contains("you cannot specify more than one output format"));
    }
}

#[test]
fn a_reader_that_leaves_early_ends_it_quietly() {
    let big = capture("fastcgi-epipe-tcp-kmod-0.29.3.scap.gz");
    let mut child = Command::new(env!("CARGO_BIN_EXE_scapscope"))
        .args(["sysdig", "-r", &big])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let mut first = [0; 10];
    child.stdout.take().expect("it is piped").read_exact(&mut first).expect("it prints");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), stderr(&output)), (Some(141), String::new()));

    // Nobody ever read these.
    let (closed, pipe) = io::pipe().expect("there are pipes");
    drop(closed);
    let pipe = || pipe.try_clone().expect("it is one more end of the pipe");
    for args in [
        &["--help"][..],
        &["--version"],
        &["sysdig", "--help"],
        &["sysdig", "-l"],
        &["sysdig", "-S", "-q", "-r", &big],
        &["info", &big],
        &["conversations", &big],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_scapscope")).args(args).stdout(pipe()).output().expect("the command runs");
        assert_eq!((output.status.code(), stderr(&output)), (Some(141), String::new()), "{args:?}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_scapscope")).args(["sysdig", "-r", "/no/such/file"]).stderr(pipe()).output();
    assert_eq!(output.expect("the command runs").status.code(), Some(1));
}

#[test]
fn the_table_counts_hidden_events_too() {
    let output = scapscope(&["sysdig", "-S", "-q", "-r", &capture(SMALL)]);
    let text = stdout(&output);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows[..3], ["----------------------", "Event           #Calls", "----------------------"]);
    assert!(rows.iter().any(|row| row.starts_with("> procinfo ")));
    let counts: Vec<u64> = rows[3..].iter().filter_map(|row| row.rsplit(' ').next()?.parse().ok()).collect();
    assert_eq!(counts.len(), rows.len() - 3);
    assert!(counts.is_sorted_by(|one, other| one >= other));
}

#[test]
fn info_tells_what_a_capture_holds() {
    let output = scapscope(&["info", "--json", &capture("variant-kmod-0.29.3-default.scap.gz")]);
    assert!(output.status.success());
    let info: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(info["events"], 8865);
    assert_eq!(info["blocks"], 9072);
    assert_eq!(info["snaplen"], 80);
    assert_eq!(info["host"], "capbox");
    assert_eq!(info["damageCount"], 0);
    assert_eq!(info["exitOnly"], false);
    assert_eq!(info["sections"][0]["version"], "1.2");
    let types: u64 = info["types"].as_array().expect("a list").iter().filter_map(|row| row["count"].as_u64()).sum();
    assert_eq!(types, 9072);
    assert_eq!(scapscope(&["info", &capture(SMALL)]).status.code(), Some(0));
}

#[test]
fn captures_that_were_recorded_otherwise_print_all_that_was_recorded() {
    // Lines, event blocks: what sysdig 0.29.3 prints and counts.
    for (name, lines, blocks) in [
        ("ringe.scap.gz0", 4_000, 4_000),
        ("ringe.scap.gz1", 253, 253),
        ("filter-curl.scap.gz", 2_061, 2_273),
        ("excludeusers.scap.gz", 8_675, 8_885),
        ("pagefaults.scap.gz", 11_767, 11_965),
        ("fatfile-openat.scap.gz", 1_088, 5_016),
    ] {
        let path = capture(&format!("variant-kmod-0.29.3-{name}"));
        let printed = scapscope(&["sysdig", "-r", &path]);
        assert_eq!((printed.status.code(), stderr(&printed)), (Some(0), String::new()), "{name}");
        assert_eq!(stdout(&printed).lines().count(), lines, "{name}");
        let info = scapscope(&["info", "--json", &path]);
        assert_eq!(info.status.code(), Some(0), "{name}");
        let info: serde_json::Value = serde_json::from_slice(&info.stdout).expect("it is JSON");
        assert_eq!((&info["events"], &info["blocks"]), (&lines.into(), &blocks.into()), "{name}");
    }
    let ring = ["ringe.scap.gz0", "ringe.scap.gz1"].map(|name| capture(&format!("variant-kmod-0.29.3-{name}")));
    let info = scapscope(&["info", "--json", &ring[0], &ring[1]]);
    let info: serde_json::Value = serde_json::from_slice(&info.stdout).expect("it is JSON");
    assert_eq!((&info["events"], info["sections"].as_array().map(Vec::len)), (&4_253.into(), Some(2)));
}

#[test]
fn events_kept_for_state_alone_count_neither_for_a_limit_nor_in_the_table() {
    let path = capture("variant-kmod-0.29.3-fatfile-openat.scap.gz");
    let text = stdout(&scapscope(&["sysdig", "-r", &path, "-n", "1"]));
    assert!(text.starts_with("2562 ") && text.lines().count() == 1, "{text}");
    // The others of the 500 are hidden in other ways.
    assert_eq!(stdout(&scapscope(&["sysdig", "-r", &path, "-n", "500"])).lines().count(), 360);
    let table = stdout(&scapscope(&["sysdig", "-r", &path, "-q", "-S"]));
    assert!(table.contains("< openat          544\n"), "{table}");
}

#[test]
fn a_page_fault_has_no_latency() {
    let path = capture("variant-kmod-0.29.3-pagefaults.scap.gz");
    let text = stdout(&scapscope(&["sysdig", "-r", &path, "-t", "d", "-n", "130"]));
    let line = text.lines().find(|line| line.starts_with("106 ")).expect("it is printed");
    assert!(line.starts_with("106 0.000000000 1 rec.sh (9007) > page_fault "), "{line}");
}

/// What sysdig 0.29.3 selects and counts with and without `-d`.
#[test]
fn a_display_filter_leaves_the_counting_to_what_was_read() {
    let path = capture("variant-kmod-0.29.3-n2000.scap.gz");
    let selected = |args: &[&str]| {
        let output = scapscope(&[&["sysdig", "-r", &path, "-p", "%evt.num"], args].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(selected(&["-n", "300", "evt.type=openat"]).len(), 210);
    assert_eq!(selected(&["-d", "-n", "300", "evt.type=openat"]).len(), 8);
    // 1228 follows hidden events, which a display filter does not see.
    let late = "evt.deltatime>10000000";
    assert!(selected(&[late]).contains(&"1228".to_owned()));
    assert!(!selected(&["-d", late]).contains(&"1228".to_owned()));
}

#[test]
fn json_has_arguments_in_full() {
    let args = ["sysdig", "-r", &capture(SMALL), "-j", "evt.type=clone"];
    let text = stdout(&scapscope(&args));
    let longest = text.lines().map(str::len).max();
    assert!(longest > Some(600), "{longest:?}");
    assert!(!text.contains("... "));
}

#[test]
fn relative_times_begin_anew_with_each_section_as_in_sysdig() {
    let drawn = testkit::capture_from_text(
        "
        release 0.29.3
        process tid=10 comm=cat
        5  0 10 > close fd=3
        section
        process tid=10 comm=cat
        20 0 10 > close fd=3
        22 0 10 > close fd=3
        ",
    );
    let path = file("sections.scap", &drawn);
    let times = |args: &[&str]| -> Vec<String> {
        let output = scapscope(&[&["sysdig", "-t", "r", "-r", &path], args].concat());
        stdout(&output).lines().filter_map(|line| line.split(' ').nth(1).map(str::to_owned)).collect()
    };
    assert_eq!(times(&[]), ["0.000000000", "0.000000000", "0.000000002"]);
    assert_eq!(times(&["--right"]), ["0.000000000", "0.000000015", "0.000000017"]);
}
