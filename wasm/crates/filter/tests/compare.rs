//! How values compare: one table for each class, and the faults that are copied.

use std::net::IpAddr;

use filter::compare::{Comparison, Subject, holds_between};
use filter::operator::{Operator, Quantifier};
use filter::syntax::{Literal, Place};
use filter::value::{Class, Several, Value};
use model::Quirks;
use model::quirk::Quirk;

const UNSIGNED: Class = Class::Int { signed: false, bits: 64 };

fn literal(text: &str) -> Literal {
    Literal { bytes: text.as_bytes().to_vec(), place: Place::default() }
}

fn with(quirks: Quirks, class: Class, operator: Operator, right: &str) -> Comparison {
    let subject = Subject { name: "x.y", class, is_list: false, quirks };
    let mut notices = Vec::new();
    let made = match right.strip_prefix('(').and_then(|list| list.strip_suffix(')')) {
        Some(list) => {
            let texts: Vec<Literal> = list.split(',').filter(|text| !text.is_empty()).map(literal).collect();
            Comparison::with_list(subject, operator, None, &texts, &mut notices)
        }
        None => Comparison::with_text(subject, operator, &literal(right), &mut notices),
    };
    made.unwrap_or_else(|error| panic!("{right}: {error}"))
}

fn holds(class: Class, value: Value<'_>, operator: Operator, right: &str) -> bool {
    with(Quirks::NONE, class, operator, right).holds(&value)
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn numbers_compare_as_mathematics_has_it() {
    use Operator as O;
    for (value, operator, right, expected) in [
        (Value::Uint(16), O::Equal, "0x10", true),
        (Value::Uint(1), O::Equal, "01", true),
        (Value::Int(-2), O::Equal, "-2", true),
        (Value::Int(-2), O::Less, "+1", true),
        (Value::Uint(u64::MAX), O::Greater, "-1", true),
        (Value::Uint(u64::MAX), O::Less, "99999999999999999999999999999999999999999999", true),
        (Value::Uint(5), O::In, "(4,5)", true),
        (Value::Uint(5), O::In, "()", false),
        (Value::Uint(5), O::Unequal, "5", false),
        (Value::Uint(5), O::GreaterOrEqual, " 5", true),
    ] {
        assert_eq!(holds(UNSIGNED, value, operator, right), expected, "{value:?} {operator} {right}");
    }
    assert!(holds(Class::Double, Value::Double(1.5), O::Greater, "1.25"));
    assert!(holds(Class::Bool, Value::Bool(true), O::Greater, "false"));
    assert!(holds(Class::Port, Value::Uint(22), O::Equal, "ssh"));
}

#[test]
fn texts_compare_byte_by_byte() {
    use Operator as O;
    for (value, operator, right, expected) in [
        ("bash", O::Greater, "ash", true),
        ("bash", O::Contains, "", true),
        ("bash", O::Contains, "as", true),
        ("BaSh", O::IContains, "ASH", true),
        ("bash", O::StartsWith, "ba", true),
        ("bash", O::EndsWith, "sh", true),
        ("bash", O::Glob, "b??h", true),
        ("bash", O::Glob, "b", false),
        ("Bash", O::IGlob, "bA*", true),
        ("bash", O::Regex, "ba|bash", true),
        ("bash", O::Regex, "as", false),
        ("bash", O::In, "(sh,bash)", true),
        ("", O::Glob, "", true),
        ("/lib/x", O::PathMatch, "(/lib)", true),
        ("/lib64/x", O::PathMatch, "(/lib)", false),
        ("/lib", O::PathMatch, "(lib/)", true),
        ("//lib//x", O::PathMatch, "(/lib/x)", true),
        ("127.0.0.1:80", O::PathMatch, "(/)", true),
    ] {
        assert_eq!(holds(Class::Text, Value::Text(value.as_bytes()), operator, right), expected, "{value} {operator} {right}");
    }
    // What follows a NUL in a filter says nothing of texts, and is a byte of buffers.
    assert!(holds(Class::Text, Value::Text(b"ab"), O::Equal, "ab\0c"));
    assert!(!holds(Class::Bytes, Value::Bytes(b"ab"), O::Equal, "ab\0c"));
    assert!(holds(Class::Bytes, Value::Bytes(b"xab\0c"), O::Contains, "ab\0c"));
    assert!(holds(Class::Bytes, Value::Bytes(b"\x7fELF"), O::BStartsWith, "7f454c"));
}

#[test]
fn a_catastrophic_expression_takes_no_time() {
    let text = vec![b'a'; 100_000];
    assert!(!holds(Class::Text, Value::Text(&text), Operator::Regex, "(a*)*(a|a)*(a?){50}b"));
    assert!(!holds(Class::Text, Value::Text(&text), Operator::Glob, &"*a".repeat(200).replace("*a", "*a*b")));
}

#[test]
fn addresses_of_one_family_do_not_match_those_of_the_other() {
    let is = |quirks: Quirks, class: Class, event: &str, operator: Operator, right: &str| with(quirks, class, operator, right).holds(&Value::Ip(address(event)));
    let padded = Quirks::only(Quirk::AddressesArePadded);
    let none = Quirks::NONE;
    assert!(is(none, Class::Ip, "127.0.0.1", Operator::Equal, "127.0.0.1"));
    assert!(is(none, Class::Ip, "127.0.0.1", Operator::In, "(::1,127.0.0.1)"));
    for (event, wanted) in [("0.0.0.0", "::1"), ("::", "0.0.0.0")] {
        assert!(!is(none, Class::Ip, event, Operator::Equal, wanted), "{event}");
        assert!(is(padded, Class::Ip, event, Operator::Equal, wanted), "{event}");
        assert!(is(none, Class::Ip, event, Operator::Unequal, wanted), "{event}");
        assert!(!is(padded, Class::Ip, event, Operator::Unequal, wanted), "{event}");
    }
    assert!(is(none, Class::Net, "10.1.2.3", Operator::Equal, "10.0.0.0/8"));
    assert!(is(none, Class::Net, "2001:4860::8", Operator::Equal, "2001:4860::/32"));
    assert!(!is(none, Class::Net, "::1", Operator::Equal, "0.0.0.0/0"));
    assert!(is(Quirks::only(Quirk::NetworksHaveNoFamily), Class::Net, "::1", Operator::Equal, "0.0.0.0/0"));
}

#[test]
fn both_ends_must_differ_and_one_must_match() {
    let ends = Value::Ends(Several::Ips([address("10.0.0.1"), address("10.0.0.2")]));
    assert!(holds(Class::Ip, ends, Operator::Equal, "10.0.0.2"));
    assert!(!holds(Class::Ip, ends, Operator::Unequal, "10.0.0.2"));
    assert!(holds(Class::Ip, ends, Operator::Unequal, "10.0.0.3"));
    let ports = Value::Ends(Several::Ports([80, 4000]));
    assert!(holds(Class::Port, ports, Operator::Greater, "1024") && holds(Class::Port, ports, Operator::Less, "1024"));
    // Ancestors: any of them, whatever the operator.
    let any = Value::Any(Several::Texts(b"shsystemd", &[2, 9]));
    assert!(holds(Class::Text, any, Operator::Unequal, "systemd") && holds(Class::Text, any, Operator::Equal, "systemd"));
}

#[test]
fn of_a_list_all_are_in_and_one_intersects() {
    let list = Value::List(Several::Texts(b"filepipe", &[4, 8]));
    assert!(!holds(Class::Text, list, Operator::In, "(file)"));
    assert!(holds(Class::Text, list, Operator::In, "(file,pipe,unix)"));
    assert!(holds(Class::Text, list, Operator::Intersects, "(pipe)"));
    assert!(!holds(Class::Text, Value::List(Several::Texts(b"", &[])), Operator::In, "(file)"));
}

#[test]
fn quantifiers_count_the_elements_that_hold() {
    let texts = ["/etc", "/etc/x", "/usr"].map(literal);
    let subject = Subject { name: "x.y", class: Class::Text, is_list: false, quirks: Quirks::NONE };
    let count = |quantifier| Comparison::with_list(subject, Operator::StartsWith, Some(quantifier), &texts, &mut Vec::new()).expect("texts").holds(&Value::Text(b"/etc/x/y"));
    assert!(!count(Quantifier::OneOf) && count(Quantifier::AnyOf) && !count(Quantifier::AllOf));
}

#[test]
fn the_fault_of_0_29_3_cuts_numbers_to_the_width_of_their_field() {
    let cut = Quirks::only(Quirk::NumbersAreCut);
    let is = |quirks, class, value: Value<'_>, operator, right: &str| with(quirks, class, operator, right).holds(&value);
    let uid = Class::Int { signed: false, bits: 32 };
    let cpu = Class::Int { signed: true, bits: 16 };
    assert!(is(cut, uid, Value::Uint(0), Operator::Equal, "4294967296") && !is(Quirks::NONE, uid, Value::Uint(0), Operator::Equal, "4294967296"));
    assert!(is(cut, cpu, Value::Int(0), Operator::Equal, "65536"));
    assert!(!is(cut, UNSIGNED, Value::Uint(7), Operator::Greater, "-1") && is(Quirks::NONE, UNSIGNED, Value::Uint(7), Operator::Greater, "-1"));
    assert!(is(cut, Class::RelTime, Value::Uint(7), Operator::Less, "-1"));
    assert!(is(cut, Class::Port, Value::Uint(0), Operator::Equal, "65536"));
}

#[test]
fn two_values_of_one_event_compare() {
    assert!(holds_between(Operator::Equal, &Value::Text(b"sh"), &Value::Text(b"sh")));
    assert!(holds_between(Operator::Contains, &Value::Text(b"/bin/sh"), &Value::Text(b"sh")));
    assert!(holds_between(Operator::Less, &Value::Int(-1), &Value::Uint(3)));
    assert!(!holds_between(Operator::Equal, &Value::Text(b"3"), &Value::Uint(3)));
    assert!(holds_between(Operator::Equal, &Value::Text(b"systemd"), &Value::Any(Several::Texts(b"shsystemd", &[2, 9]))));
}
