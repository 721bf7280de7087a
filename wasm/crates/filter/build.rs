//! Turns the list of fields into Rust tables.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=data/fields.tsv");
    let list = fs::read_to_string("data/fields.tsv").expect("data/fields.tsv is part of the crate");
    let rows: Vec<Vec<&str>> = list.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert!(rows.windows(2).all(|pair| pair[0][0] < pair[1][0]), "fields stand in order of their names, each once");
    let (mut ids, mut table) = (String::new(), String::new());
    for row in &rows {
        let [name, ty, print, argument, flags, kind, old, since, until, description] = row.as_slice() else {
            panic!("ten columns: {row:?}");
        };
        let id = camel(name);
        writeln!(ids, "    /// `{name}`.\n    {id},").expect("a string takes all");
        let flag = |letter: char| flags.contains(letter);
        let kind = match *kind {
            "thread" => "Own(Owner::Thread)".to_owned(),
            "description" => "Own(Owner::Description)".to_owned(),
            other => camel(other),
        };
        let print = match *print {
            "HEX" => "Hex",
            "10_PADDED_DEC" => "Padded",
            "DEC" | "ID" | "NA" | "DIR" => "Dec",
            other => panic!("print format {other}"),
        };
        let until = if *until == "-" { "None".to_owned() } else { format!("Some({until:?})") };
        writeln!(
            table,
            "FieldInfo{{name:{name:?},id:Id::{id},class:{},class_in_0_29_3:{},argument:ArgumentForm::{},format:Format::{print},kind:Kind::{kind},\
             list:{},filter_only:{},print_only:{},view_only:{},no_rhs:{},deprecated:{},in_0_29_3:{},ordered:{},\
             since:{since:?},until:{until},description:{description:?}}},",
            class(ty),
            class(if *old == "-" { ty } else { old }),
            camel(argument),
            flag('l'),
            flag('f'),
            flag('p'),
            flag('v'),
            flag('r'),
            flag('d'),
            flag('2'),
            flag('o'),
        )
        .expect("a string takes all");
    }
    let out = format!(
        "/// Which field it is.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum Id {{\n{ids}}}\n\n\
         static FIELDS: [FieldInfo; {}] = [\n{table}];\n",
        rows.len()
    );
    let to = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("fields.rs");
    fs::write(to, out).expect("OUT_DIR can be written to");
}

fn class(ty: &str) -> String {
    let int = |signed: bool, bits: u8| format!("Class::Int{{signed:{signed},bits:{bits}}}");
    match ty {
        "INT16" => int(true, 16),
        "INT32" => int(true, 32),
        "INT64" => int(true, 64),
        "UINT32" => int(false, 32),
        "UINT64" => int(false, 64),
        "PORT" => "Class::Port".to_owned(),
        "DOUBLE" => "Class::Double".to_owned(),
        "BOOL" => "Class::Bool".to_owned(),
        "CHARBUF" => "Class::Text".to_owned(),
        "BYTEBUF" => "Class::Bytes".to_owned(),
        "IPADDR" => "Class::Ip".to_owned(),
        "IPNET" => "Class::Net".to_owned(),
        "RELTIME" => "Class::RelTime".to_owned(),
        "ABSTIME" => "Class::AbsTime".to_owned(),
        "DYN" => "Class::Dynamic".to_owned(),
        other => panic!("type {other}"),
    }
}

/// `proc.exe_ino` as `ProcExeIno`.
fn camel(name: &str) -> String {
    name.split(['.', '_'])
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect()
}
