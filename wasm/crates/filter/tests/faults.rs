//! Each fault of sysdig that shows in fields or filters, with it and without: `faults.tsv` beside this file, asked of the
//! capture that `faults.txt` draws.

mod harness;

use std::collections::BTreeSet;

use filter::fields::Scratch;
use filter::format::Format;
use filter::{Filter, Rooms};
use harness::walk;
use model::Quirks;
use model::quirk::{Home, Quirk};
use model::table::Release;

/// What is asked of every event; what is said of one is kept.
enum Ask {
    Text(Format),
    Json(Format),
    Filter(Box<Filter>),
}

impl Ask {
    fn of(written: &str, quirks: Quirks, release: Release) -> Self {
        let format = |text| Format::parse(text, quirks, release).unwrap_or_else(|error| panic!("{text}: {error}"));
        match written.split_once(' ') {
            Some(("filter", text)) => Self::Filter(Box::new(Filter::new(text.as_bytes(), quirks).unwrap_or_else(|error| panic!("{text}: {error}")))),
            Some(("json", text)) => Self::Json(format(text)),
            _ => Self::Text(format(written)),
        }
    }
}

/// What is said of the event with this number.
fn said(written: &str, number: u64, quirks: Quirks, version: &str) -> String {
    let drawn = format!("release {version}\n{}", include_str!("faults.txt"));
    let release = release(version);
    let (ask, mut scratch, mut rooms) = (Ask::of(written, quirks, release), Scratch::default(), Rooms::default());
    let mut found = "no such event".to_owned();
    walk(
        &drawn,
        release,
        quirks,
        &mut |moment| {
            let mut line = Vec::new();
            match &ask {
                Ask::Text(format) => _ = format.text(&mut line, moment, &mut scratch),
                Ask::Json(format) => _ = format.json(&mut line, moment, &mut scratch),
                Ask::Filter(filter) => line.extend_from_slice(if filter.passes(moment, &mut rooms) { b"passes" } else { b"fails" }),
            }
            if moment.applied.number == Some(number) {
                found = String::from_utf8_lossy(&line).into_owned();
            }
        },
        &mut |_| {},
    );
    found
}

/// The rows of `faults.tsv`: fault, release, event, what is asked, what sysdig says, what is right.
fn rows() -> impl Iterator<Item = [&'static str; 6]> {
    include_str!("faults.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut parts = line.split('\t');
        std::array::from_fn(|_| parts.next().unwrap_or_else(|| panic!("six columns: {line}")))
    })
}

fn quirk(name: &str) -> Quirk {
    Quirk::ALL_MEMBERS.iter().copied().find(|quirk| quirk.facts().name == name).unwrap_or_else(|| panic!("there is no fault {name}"))
}

fn release(name: &str) -> Release {
    match name {
        "0.29.3" => Release::V0_29_3,
        "0.36.0" => Release::V0_36_0,
        _ => panic!("{name} has no faults of its own here"),
    }
}

#[test]
fn each_fault_has_two_faces() {
    let mut wrong = Vec::new();
    for row @ [name, version, number, ask, sysdig, right] in rows() {
        let quirk = quirk(name);
        assert!(quirk.releases().contains(&release(version)), "{version} does not have {name}");
        assert_ne!(sysdig, right, "{name} has one face");
        let number = number.parse().expect("an event number");
        let faces = [Quirks::only(quirk), Quirks::NONE].map(|quirks| said(ask, number, quirks, version));
        if faces != [sysdig, right] {
            wrong.push(format!("{}\t{}\t{}", row[..4].join("\t"), faces[0], faces[1]));
        }
    }
    assert!(wrong.is_empty(), "other faces:\n{}", wrong.join("\n"));
}

#[test]
fn every_fault_of_fields_and_filters_is_shown() {
    let shown: BTreeSet<&str> = rows().map(|row| row[0]).collect();
    let missing: Vec<&Quirk> = Quirk::ALL_MEMBERS.iter().filter(|quirk| quirk.facts().home == Home::Filter && !shown.contains(quirk.facts().name)).collect();
    assert!(missing.is_empty(), "without both faces: {missing:?}");
}
