//! Turns `data/events.json` into static tables. Equal parameter lists, and lists that begin another one, are stored once.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::{env, fs, path::Path};

use serde_json::Value;

const SOURCE: &str = "data/events.json";
/// Releases older than the table, in the order of the `Release` enum.
const RELEASES: [&str; 2] = ["sysdig 0.29.3", "sysdig 0.36.0"];

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let text = fs::read_to_string(SOURCE).expect("the event table is part of the crate");
    let json: Value = serde_json::from_str(&text).expect("the event table is JSON");
    let mut out = String::new();
    let flags = flag_tables(&json, &mut out);
    let dyns = dynamic_params(&json, &mut out);
    events(&json, &flags, &dyns, &mut out);
    names(&json, &mut out);
    let dir = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&dir).join("events.rs"), out).expect("OUT_DIR is writable");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

/// `MODIFIES_STATE` → `ModifiesState`, the way the enums of the crate are spelt.
fn camel(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let (head, tail) = word.split_at(1);
            head.to_uppercase() + &tail.to_lowercase()
        })
        .collect()
}

/// Emits the flag tables and returns their numbers by name.
fn flag_tables(json: &Value, out: &mut String) -> BTreeMap<String, usize> {
    let mut numbers = BTreeMap::new();
    let tables = json["flagTables"].as_object().expect("flag tables");
    let mut all = String::new();
    for (index, (name, flags)) in tables.iter().enumerate() {
        let mut rows = String::new();
        for flag in list(flags) {
            let word = text(&flag[0]);
            let absent = |release: &str| {
                json["tables"][release]["absent_flag_names"][name]
                    .as_array()
                    .is_some_and(|names| names.iter().any(|absent| absent == word))
            };
            let since = match RELEASES.iter().rposition(|release| absent(release)) {
                None => "V0_29_3",
                Some(0) => "V0_36_0",
                Some(_) => "Libs0_25_4",
            };
            write!(rows, "Flag{{name:{word:?},bits:{},since:Release::{since}}},", number(&flag[1]))
                .expect("a string takes all");
        }
        writeln!(all, "&[{rows}],").expect("a string takes all");
        numbers.insert(name.clone(), index);
    }
    writeln!(out, "static FLAG_TABLES: [&[Flag]; {}] = [\n{all}];", tables.len()).expect("a string takes all");
    numbers
}

/// Emits the alternatives of dynamic parameters and returns their numbers by name.
fn dynamic_params(json: &Value, out: &mut String) -> BTreeMap<String, usize> {
    let mut numbers = BTreeMap::new();
    let tables = json["dynamicParams"].as_object().expect("dynamic parameters");
    let mut all = String::new();
    for (index, (name, alternatives)) in tables.iter().enumerate() {
        let mut rows = String::new();
        for (place, alternative) in list(alternatives).iter().enumerate() {
            assert_eq!(number(&alternative[0]), place as u64, "alternatives are numbered from 0");
            write!(rows, "ParamType::{},", camel(text(&alternative[1]))).expect("a string takes all");
        }
        writeln!(all, "&[{rows}],").expect("a string takes all");
        numbers.insert(name.clone(), index);
    }
    writeln!(out, "static DYNAMIC: [&[ParamType]; {}] = [\n{all}];", tables.len()).expect("a string takes all");
    numbers
}

/// One parameter as Rust source.
fn param(spec: &str, now: Option<&str>, flags: &BTreeMap<String, usize>, dyns: &BTreeMap<String, usize>) -> String {
    let mut parts = spec.split(':');
    let name = parts.next().expect("a name");
    let kind = parts.next().expect("a type");
    let format = match parts.next().expect("a format") {
        "DEC" | "NA" | "ID" => "Dec",
        "HEX" => "Hex",
        "OCT" => "Oct",
        "10_PADDED_DEC" => "Padded",
        other => panic!("print format {other}"),
    };
    // Older layouts carry no tables of their own: they had those that the parameter has now.
    let extras = parts.chain(now.into_iter().flat_map(|now| now.split(':').skip(3)));
    let (mut table, mut dynamic, mut dirfd) = (None, None, None);
    for extra in extras {
        match extra.split_once('=').expect("key=value") {
            ("table", name) => table = Some(flags[name]),
            ("dyn", name) => dynamic = Some(dyns[name]),
            ("dirfd", index) if kind == "FSRELPATH" => dirfd = Some(index.parse::<u8>().expect("an index")),
            ("dirfd", _) => {}
            (key, _) => panic!("unknown key {key}"),
        }
    }
    let table = table.map_or("None".to_owned(), |index| format!("Some(FlagTable({index}))"));
    let dynamic = dynamic.map_or("None".to_owned(), |index| format!("Some(Alternatives({index}))"));
    format!(
        "ParamInfo{{name:{name:?},ty:ParamType::{},format:Format::{format},flags:{table},dynamic:{dynamic},dirfd:{dirfd:?}}}",
        camel(kind)
    )
}

fn events(json: &Value, flags: &BTreeMap<String, usize>, dyns: &BTreeMap<String, usize>, out: &mut String) {
    let events = list(&json["events"]);
    // Every layout that a release prints with: newest first, then by release.
    let mut wanted: Vec<[Vec<String>; 3]> = Vec::new();
    for (id, event) in events.iter().enumerate() {
        assert_eq!(number(&event["id"]), id as u64, "events are numbered from 0");
        let now: Vec<&str> = list(&event["params"]).iter().map(text).collect();
        let newest: Vec<String> = now.iter().map(|spec| param(spec, None, flags, dyns)).collect();
        let older = RELEASES.map(|release| {
            let chosen = &json["tables"][release]["layout"][id.to_string()];
            let Some(index) = chosen.as_u64() else { return newest.clone() };
            list(&event["history"][index as usize]["params"])
                .iter()
                .enumerate()
                .map(|(place, spec)| param(text(spec), now.get(place).copied(), flags, dyns))
                .collect()
        });
        let [first, second] = older;
        wanted.push([newest, first, second]);
    }

    let mut layouts: Vec<&Vec<String>> = wanted.iter().flatten().collect();
    layouts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let mut pool: Vec<&String> = Vec::new();
    let mut starts: HashMap<&[String], usize> = HashMap::new();
    for layout in layouts {
        if starts.contains_key(layout.as_slice()) {
            continue;
        }
        let start = pool.len();
        pool.extend(layout);
        for len in 0..=layout.len() {
            starts.entry(&layout[..len]).or_insert(start);
        }
    }
    writeln!(out, "static PARAMS: [ParamInfo; {}] = [", pool.len()).expect("a string takes all");
    for param in &pool {
        writeln!(out, "{param},").expect("a string takes all");
    }
    out.push_str("];\n");
    let span = |layout: &[String]| format!("Span{{start:{},len:{}}}", starts[layout], layout.len());

    writeln!(out, "static EVENTS: [EventInfo; {}] = [", events.len()).expect("a string takes all");
    for (event, [newest, first, second]) in events.iter().zip(&wanted) {
        let flags: Vec<String> =
            list(&event["flags"]).iter().map(|flag| format!("EventFlags::{}.0", text(flag))).collect();
        let flags = if flags.is_empty() { "0".to_owned() } else { flags.join("|") };
        let mut counts: Vec<u64> = list(&event["counts"]).iter().map(number).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        counts.dedup();
        let fd = event["fd"].as_u64().map_or("None".to_owned(), |index| format!("Some({index})"));
        writeln!(
            out,
            "EventInfo{{name:{:?},enter:{},category:Category::{},source:Source::{},flags:EventFlags({flags}),fd_param:{fd},\
             counts:&{counts:?},newest:{},older:[{},{}]}},",
            text(&event["name"]),
            text(&event["dir"]) == ">",
            camel(text(&event["category"])),
            camel(text(&event["source"])),
            span(newest),
            span(first),
            span(second),
        )
        .expect("a string takes all");
    }
    out.push_str("];\n");

    out.push_str("/// Flags of the newest table that a release does not give an event.\n");
    out.push_str("fn absent_flags(kind: u16, release: Release) -> u16 {\n    match (release, kind) {\n");
    for (release, variant) in RELEASES.iter().zip(["V0_29_3", "V0_36_0"]) {
        let Some(absent) = json["tables"][release]["absent_event_flags"].as_object() else { continue };
        for (kind, names) in absent {
            let bits: Vec<String> = list(names).iter().map(|flag| format!("EventFlags::{}.0", text(flag))).collect();
            writeln!(out, "        (Release::{variant}, {kind}) => {},", bits.join("|")).expect("a string takes all");
        }
    }
    out.push_str("        _ => 0,\n    }\n}\n");
}

/// Names by number, dense: index is the number, an empty name means there is none.
fn dense(pairs: &[Value]) -> Vec<&str> {
    let len = pairs.iter().map(|pair| number(&pair[1]) + 1).max().unwrap_or(0);
    let mut all = vec![""; len as usize];
    for pair in pairs {
        let slot = &mut all[number(&pair[1]) as usize];
        if slot.is_empty() {
            *slot = text(&pair[0]);
        }
    }
    all
}

fn names(json: &Value, out: &mut String) {
    for (name, pairs) in [
        ("ERRNOS", &json["errnos"]),
        ("SIGNALS", &json["signals"]),
        ("SYSCALLS", &json["syscalls"]),
        ("NATIVE_SYSCALLS", &json["nativeSyscalls"]["x86_64"]),
    ] {
        let all = dense(list(pairs));
        writeln!(out, "static {name}: [&str; {}] = {all:?};", all.len()).expect("a string takes all");
    }
    for (release, variant) in RELEASES.iter().zip(["SIZE_V0_29_3", "SIZE_V0_36_0"]) {
        let size = number(&json["tables"][release]["table_size"]);
        writeln!(out, "const {variant}: u16 = {size};").expect("a string takes all");
    }
}
