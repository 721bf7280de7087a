//! What is found wrong with a filter before anything is read, with its place and a fix.

use filter::Filter;
use model::Quirks;
use model::quirk::{Home, Quirk};

/// The stretch that is at fault, and the sentence.
fn mistake(text: &str) -> (String, String) {
    match Filter::new(text.as_bytes(), Quirks::NONE) {
        Ok(_) => panic!("{text} is accepted"),
        Err(error) => (text.get(error.at..error.at + error.length).expect("it stands inside").to_owned(), error.to_string()),
    }
}

#[test]
fn each_mistake_is_one_sentence_about_one_place() {
    for (text, at_fault, sentence) in [
        ("fd.nme = 3", "fd.nme", "unknown field fd.nme: did you mean fd.name?"),
        ("fd.num contains 3", "contains", "contains does not fit fd.num, which is a number: use =, !=, <, <=, >, >=, in or exists"),
        ("evt.num<0 and fd.num contains 3", "contains", "contains does not fit fd.num, which is a number: use =, !=, <, <=, >, >=, in or exists"),
        ("evt.is_io startswith t", "startswith", "startswith does not fit evt.is_io, which is true or false: use =, !=, in or exists"),
        ("fd.cip > 10.0.0.1", ">", "> does not fit fd.cip, which is an address: use =, !=, in or exists"),
        ("fd.net glob 10.*", "glob", "glob does not fit fd.net, which is looked for in a network: use =, !=, in or exists"),
        ("fd.name bcontains 41", "bcontains", "bcontains does not fit fd.name, which is a text: write what stands in it with contains or startswith"),
        ("evt.buffer icontains http", "icontains", "icontains does not fit evt.buffer, which is a data buffer: use =, !=, contains, startswith, endswith, bcontains, bstartswith, in or exists"),
        ("fd.types contains file", "contains", "contains does not fit fd.types, which is a list: use in, intersects or exists"),
        ("fd.num = 3.5", "3.5", "3.5 is not a whole number"),
        ("fd.num in (1, x)", "x", "x is not a whole number"),
        ("fd.num = \"\"", "\"\"", "the empty text is not a whole number"),
        ("evt.latency = 1ms", "1ms", "1ms is not a whole number"),
        ("evt.is_io = 1", "1", "1 is neither true nor false: did you mean true?"),
        ("evt.is_io = maybe", "maybe", "maybe is neither true nor false"),
        ("fd.ip = 300.1.1.1", "300.1.1.1", "300.1.1.1 is not an IPv4 address"),
        ("fd.ip = localhost", "localhost", "localhost is not an IPv6 address"),
        ("fd.net = 127.0.0.1", "127.0.0.1", "127.0.0.1 is not a network such as 10.0.0.0/8: did you mean 127.0.0.1/32?"),
        ("fd.net = 10.0.0.0/33", "10.0.0.0/33", "a network of this kind has between 0 and 32 bits, but found 10.0.0.0/33"),
        ("fd.sport = HTTP", "HTTP", "HTTP is neither a port nor the name of a service"),
        ("evt.type = opn", "opn", "no event or system call is called opn: did you mean open?"),
        ("evt.type in (open, bogusly)", "bogusly", "no event or system call is called bogusly"),
        ("evt.type contains pen", "pen", "no event or system call is called pen: did you mean open?"),
        ("evt.type in ()", "evt.type in ()", "this list of event types is empty"),
        ("evt.buffer bcontains 4", "4", "expected pairs of hexadecimal digits, but found 4"),
        ("evt.around[1] != 3", "!=", "evt.around is compared with = alone: did you mean =?"),
        ("proc.name = val(fd.num)", "fd.num", "proc.name and fd.num are not of one kind"),
        ("proc.name regex val(proc.exe)", "proc.exe", "a regular expression must be a text"),
        ("fd.ip = val(fd.cip)", "fd.cip", "fd.ip cannot be compared with another field"),
        ("tolower(fd.num) = 3", "tolower(fd.num)", "tolower takes a text, which this field is not"),
        ("getopt(proc.name, fd.name) = 3", "getopt(proc.name, fd.name)", "getopt takes a list and letters, such as getopt((proc.args[0], proc.args[1]), \"n:\")[n]"),
        ("getopt((proc.name), \"n\")[no] = 3", "getopt((proc.name), \"n\")[no]", "getopt takes a list and letters, such as getopt((proc.args[0], proc.args[1]), \"n:\")[n]"),
        ("getopt((proc.name), \"n\") contains x", "contains", "contains does not fit getopt((proc.name), \"n\"), which is a list: use in, intersects or exists"),
        ("len(proc.name, fd.name) = 3", "len(proc.name, fd.name)", "len takes one field"),
    ] {
        let (place, told) = mistake(text);
        assert_eq!((place.as_str(), told.as_str()), (at_fault, sentence), "{text}");
    }
}

#[test]
fn regular_expressions_are_bounded() {
    assert!(mistake("proc.name regex \"a)(b\"").1.starts_with("this regular expression cannot be used: "));
    assert_eq!(mistake("proc.name regex \"((a{1000}){1000}){1000}\"").1, "this regular expression cannot be used: compiled regex exceeded size limit");
    assert_eq!(mistake(&format!("proc.name glob \"{}\"", "a*".repeat(2049))).1, "this pattern is longer than 4096 bytes");
}

#[test]
fn what_either_generation_accepts_is_accepted() {
    for text in [
        "evt.type==read",
        "evt.type in open",
        "evt.type=useradded or evt.type=rt_sigreturn or evt.type=sigreturn",
        "evt.type = \"open\"",
        "proc.name contains",
        "fd.sport=ssh",
        "fd.port in (ssh, domain, 80)",
        "fd.rip = ::1",
        "fd.net = 2001:4860::/32",
        "fd.net = 127.0.0.1/08",
        "evt.num = 0x10",
        "evt.num > -1",
        "user.uid = 4294967296",
        "proc.fdusage > 1.5",
        "proc.name > bash",
        "evt.arg.name contains x",
        "evt.arg[1] exists",
        "evt.rawarg.res < 0",
        "proc.aname[2] = bash",
        "fd.ip exists",
        "fd.types intersects (file, pipe)",
        "evt.buffer bstartswith 7f454c46",
        "proc.name regex \"^ng.*\"",
        "tolower(proc.name) = nginx",
        "len(fd.name) > 10",
        "proc.name = val(proc.pname)",
        "b64(proc.args) contains x",
        "evt.dir=<",
        "evt.dir in (<,>)",
        "fd.name startswith anyof (/etc, /usr)",
        "iobytes > 100 and latency<1000",
        "getopt((proc.args[0], proc.args[1]), \"k:\")[k] contains st",
        "getopt((proc.args[0], proc.args[1]), \"k:\") intersects (k)",
    ] {
        let filter = Filter::new(text.as_bytes(), Quirks::NONE).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(Filter::new(filter.text().as_bytes(), Quirks::NONE).expect("its printed form").text(), filter.text());
    }
}

#[test]
fn a_number_that_a_field_never_has_is_noticed() {
    let notices = |text: &str| Filter::new(text.as_bytes(), Quirks::NONE).expect(text).notices().to_vec();
    assert_eq!(notices("user.uid = 4294967296").len(), 1);
    assert_eq!(notices("evt.num > -1").len(), 1);
    assert_eq!(notices("fd.sport = 70000").len(), 1);
    assert!(notices("evt.num > 1 and fd.sport = 80").is_empty());
}

#[test]
fn every_fault_of_filters_is_copied_in_this_crate() {
    let mut source = String::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                source.push_str(&std::fs::read_to_string(path).expect("it can be read"));
            }
        }
    }
    for quirk in Quirk::ALL_MEMBERS.iter().filter(|quirk| quirk.facts().home == Home::Filter) {
        assert!(source.contains(&format!("Quirk::{}", quirk.facts().name)), "{quirk:?} is not copied anywhere");
    }
}
