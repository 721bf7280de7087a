//! What the language accepts, what it says of the rest, and that its printed form means the same.

use filter::parse::{MAX_DEPTH, parse};
use model::Quirks;
use model::quirk::Quirk;

fn printed(text: &str) -> String {
    parse(text.as_bytes(), Quirks::NONE).unwrap_or_else(|error| panic!("{text}: {error}")).expr.to_string()
}

/// Place, length and sentence of what is wrong.
fn fault(text: &str) -> (usize, usize, String) {
    let error = parse(text.as_bytes(), Quirks::NONE).expect_err(text);
    (error.at, error.length, error.to_string())
}

#[test]
fn one_meaning_has_one_printed_form() {
    for (text, expected) in [
        ("", ""),
        (" \t\n", ""),
        ("fd.num=3", "fd.num = 3"),
        ("fd.num==3", "fd.num = 3"),
        ("(((evt.type=open)))", "evt.type = open"),
        ("evt.type in (open,openat , 'a b')", "evt.type in (open, openat, \"a b\")"),
        ("evt.type in()", "evt.type in ()"),
        ("evt.type in open", "evt.type in (open)"),
        ("not(evt.num>1000)", "not evt.num > 1000"),
        ("not not fd.num=3", "fd.num = 3"),
        ("not(not fd.num=3)", "fd.num = 3"),
        ("not not not fd.num=3", "not fd.num = 3"),
        ("a.b=1 and (c.d=2 and e.f=3)", "a.b = 1 and c.d = 2 and e.f = 3"),
        ("a.b=1 or c.d=2 and e.f=3", "a.b = 1 or (c.d = 2 and e.f = 3)"),
        ("(a.b=1 or c.d=2)and(e.f=3)", "(a.b = 1 or c.d = 2) and e.f = 3"),
        ("not (a.b=1 or c.d=2)", "not (a.b = 1 or c.d = 2)"),
        ("evt.dir=>", "evt.dir = >"),
        ("evt.dir in (<,>)", "evt.dir in (<, >)"),
        ("proc.name=\"a'b\"", "proc.name = \"a\\x27b\""),
        ("proc.name='say \"hi\"'", "proc.name = \"say \\\"hi\\\"\""),
        (r#"evt.buffer contains "\x7fELF\x00""#, "evt.buffer contains \"\\x7fELF\\x00\""),
        (r#"proc.args contains "a\tb\q\ c""#, "proc.args contains \"a\\x09b\\\\q\\\\ c\""),
        (r"fd.name=C:\new\x41\\", "fd.name = \"C:\\\\newA\\\\\""),
        ("evt.args contains res=0", "evt.args contains \"res=0\""),
        ("proc.name=cu,rl", "proc.name = \"cu,rl\""),
        ("proc.name=o'brien", "proc.name = \"o\\x27brien\""),
        ("fd.name contains", "fd.name contains \"\""),
        ("(proc.name=)", "proc.name = \"\""),
        ("proc.name in (a,)", "proc.name in (a, \"\")"),
        ("proc.aname[ 2 ]=bash", "proc.aname[2] = bash"),
        ("container.mount['/a b'] exists", "container.mount[\"/a b\"] exists"),
        ("fd.name exists and (fd.num=1)", "fd.name exists and fd.num = 1"),
        ("tolower( proc.name )=bash", "tolower(proc.name) = bash"),
        ("proc.name=val(proc.pname)", "proc.name = val(proc.pname)"),
        ("len(toupper(fd.name))>10", "len(toupper(fd.name)) > 10"),
        ("join(\",\",(proc.name,\"x\"))=val(proc.exe)", "join(\",\", (proc.name, \"x\")) = val(proc.exe)"),
        ("getopt( (proc.args[0],'x'), 'n:v' )[ n ]=3", "getopt((proc.args[0], \"x\"), \"n:v\")[n] = 3"),
        ("fd.name startswith oneof (/etc, /usr)", "fd.name startswith oneof (/etc, /usr)"),
        ("proc.name = oneof", "proc.name = oneof"),
        ("fd.name = \u{e4}\u{f6}", "fd.name = \"\u{e4}\u{f6}\""),
        ("user.name=alice\nor\tuser.uid=1", "user.name = alice or user.uid = 1"),
    ] {
        let once = printed(text);
        assert_eq!(once, expected, "{text}");
        assert_eq!(printed(&once), once, "{text}: its printed form is read otherwise");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, at, length, message) in [
        ("evt.type", 0, 8, "expected an operator such as = or contains after evt.type"),
        ("evt.type ~ open", 9, 1, "expected an operator after evt.type, but found ~: did you mean contains?"),
        ("evt.type like open", 9, 4, "expected an operator after evt.type, but found like: did you mean contains?"),
        ("proc.name ICONTAINS x", 10, 9, "expected an operator after proc.name, but found ICONTAINS: did you mean icontains?"),
        ("evt.type = open AND proc.name = bash", 16, 3, "expected and or or before AND: did you mean and?"),
        ("evt.type=open && proc.name=bash", 14, 2, "expected and or or before &&: did you mean and?"),
        ("evt.type=open proc.name=bash", 14, 14, "expected and or or before proc.name=bash"),
        ("evt.type=open and", 17, 0, "expected a check such as evt.type = open at the end"),
        ("and evt.type=open", 0, 3, "expected a field, but found and"),
        ("evt.type=open or or evt.type=close", 17, 2, "expected a field, but found or"),
        ("NOT evt.type=open", 0, 3, "there is no field NOT: names of fields have a dot in them: did you mean not?"),
        ("!evt.type=open", 0, 1, "expected a field, but found !: did you mean not?"),
        ("not", 3, 0, "expected a check such as evt.type = open at the end"),
        ("()", 1, 1, "expected a check such as evt.type = open before this bracket"),
        ("(evt.type=open", 0, 1, "this bracket is never closed"),
        ("evt.type=open)", 13, 1, "this bracket was never opened"),
        ("evt.type===open", 10, 1, "expected a value after =, but found ="),
        ("evt.type=(open)", 9, 1, "expected a value after =; only in, intersects and pmatch take a list"),
        ("proc.name<>x", 10, 1, "expected a value after <, but found >"),
        ("proc.name=a(b", 11, 1, "a value that has a bracket in it must stand in quotes"),
        ("fd.name=\"/etc/passwd", 8, 1, "this quote is never closed"),
        ("fd.name=\"\\xzz\"", 9, 2, "expected two hexadecimal digits after \\x"),
        ("evt.type in (open, close", 12, 1, "this list is never closed"),
        ("evt.type in (open close)", 18, 1, "expected a comma or a closing bracket in this list"),
        ("fd.name pmatch /etc", 15, 4, "expected a list in brackets after pmatch: did you mean (/etc)?"),
        ("proc.aname[=bash", 10, 1, "this bracket is never closed"),
        ("evt.arg[]=1", 7, 2, "expected an argument for evt.arg in these brackets"),
        ("getopt((proc.args[0]), \"n\")[n=3", 27, 1, "this bracket is never closed"),
        ("tolower(proc.name)[1]=x", 18, 5, "expected an operator after tolower(proc.name), but found [1]=x"),
        ("upper(proc.name)=x", 0, 5, "there is no transformer upper"),
        ("\"evt.rawres>=0", 0, 14, "expected a field, but found \"evt.rawres>=0"),
    ] {
        assert_eq!(fault(text), (at, length, message.to_owned()), "{text}");
    }
}

#[test]
fn brackets_nest_to_a_limit_and_long_texts_are_read() {
    let nested = |depth: usize| format!("{}fd.num=3{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(printed(&nested(MAX_DEPTH)), "fd.num = 3");
    assert_eq!(fault(&nested(MAX_DEPTH + 1)).2, "brackets are nested more than 100 deep");
    assert_eq!(fault(&"(".repeat(1 << 20)).2, "brackets are nested more than 100 deep");
    let calls = format!("{}proc.name{}=x", "tolower(".repeat(101), ")".repeat(101));
    assert_eq!(fault(&calls).2, "brackets are nested more than 100 deep");
    let long = vec!["evt.type=open"; 60_000].join(" or ");
    assert!(printed(&long).len() > 1 << 20);
    assert_eq!(printed(&format!("{}fd.num=3", "not ".repeat(200_001))), "not fd.num = 3");
    assert_eq!(printed(&format!("proc.name=\"{}\"", "x".repeat(1 << 20))).len(), (1 << 20) + "proc.name = ".len());
}

#[test]
fn a_mixture_of_and_and_or_is_noticed_on_each_level() {
    let notices = |text: &str| parse(text.as_bytes(), Quirks::NONE).expect(text).notices;
    let mixed = notices("a.b=1 or c.d=2 and e.f=3");
    assert_eq!(mixed.len(), 1);
    assert_eq!((mixed.first().map(|notice| (notice.at, notice.length))), Some((15, 3)));
    assert!(notices("a.b=1 or (c.d=2 and e.f=3)").is_empty());
    assert!(notices("not a.b=1 or not c.d=2").is_empty());
    assert_eq!(notices("proc.name contains").len(), 1);
}

#[test]
fn the_fault_of_0_29_3_takes_any_run_of_not_for_one() {
    let quirk = Quirks::only(Quirk::NotNotIsNot);
    let printed = |text: &str| parse(text.as_bytes(), quirk).expect(text).expr.to_string();
    assert_eq!(printed("not not fd.num=3"), "not fd.num = 3");
    assert_eq!(printed("not(not fd.num=3)"), "fd.num = 3");
}
