//! The list of conversations as a grid shows it: sorted, narrowed, grouped, a window at a time.

use index::conversations::Conversation;
use model::Row;
use model::order::{by_number, ranks, signed};
use model::state::NONE;

use super::Protocol;
use crate::session::{Core, Session};
use crate::window::errno;

/// What the list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Beginning.
    #[default]
    Start,
    /// From the beginning to the end.
    Duration,
    /// Processes.
    Processes,
    /// Key and life.
    Key,
    /// Path or port.
    Path,
    /// Calls of both ends.
    Calls,
    /// Bytes that end 0 wrote.
    There,
    /// Bytes that end 1 wrote.
    Back,
    /// Unread bytes.
    Unread,
    /// Refused calls.
    Refused,
    /// First error.
    Error,
    /// Family.
    Family,
    /// What its bytes look like.
    Protocol,
}

impl SortBy {
    /// The order of a name.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "start" => Self::Start,
            "duration" => Self::Duration,
            "processes" => Self::Processes,
            "key" => Self::Key,
            "path" => Self::Path,
            "calls" => Self::Calls,
            "there" => Self::There,
            "back" => Self::Back,
            "unread" => Self::Unread,
            "refused" => Self::Refused,
            "error" => Self::Error,
            "family" => Self::Family,
            "protocol" => Self::Protocol,
            _ => return None,
        })
    }
}

/// What rows of the list stand together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// None.
    #[default]
    Nothing,
    /// Those with the same path or port.
    Path,
    /// Those between the same two programs.
    Processes,
}

impl GroupBy {
    /// The grouping of a name.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "" => Self::Nothing,
            "path" => Self::Path,
            "processes" => Self::Processes,
            _ => return None,
        })
    }
}

/// Which conversations, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Order.
    pub sort: SortBy,
    /// Greatest first.
    pub descending: bool,
    /// Only those that show this text, whatever its case.
    pub narrow: String,
    /// What stands together.
    pub group: GroupBy,
}

/// What the list shows of a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    left: String,
    right: String,
    /// Path, or port.
    place: String,
    error: String,
    start_ns: f64,
    duration_ns: f64,
    calls: u64,
    there: Option<u64>,
    back: Option<u64>,
    unread: u64,
    refused: u32,
    /// Everything it shows in lower case.
    text: String,
    ranks: Ranks,
}

/// Places in the order of the texts of one column: to sort by a text is to sort by a number.
#[derive(Clone, Copy, Debug, Default)]
struct Ranks {
    processes: u32,
    place: u32,
    error: u32,
    key: u32,
    /// Of the pair of programs.
    programs: u32,
}

/// The answer to the last query.
#[derive(Debug, Default)]
pub(crate) struct Ordered {
    query: Option<ListQuery>,
    order: Vec<u32>,
    /// First position of each group and what its conversations come to, in order; empty where nothing is grouped.
    groups: Vec<(usize, GroupSum)>,
}

/// What the conversations of one group come to.
#[derive(Clone, Copy, Debug, Default)]
struct GroupSum {
    conversations: u64,
    calls: u64,
    there: u64,
    back: u64,
    unread: u64,
    refused: u64,
}

/// Rows of the list, one vector per column. Absent numbers are NaN.
#[derive(Clone, Debug, Default)]
pub struct ConversationWindow {
    /// Position of the first row.
    pub first: u64,
    /// Rows of the narrowed list.
    pub rows: u64,
    /// All conversations of the capture.
    pub total: u64,
    /// Position in order of beginning: names the conversation while the capture is open.
    pub id: Vec<u32>,
    /// Key.
    pub key: Vec<String>,
    /// Life; NaN for a connect that failed.
    pub life: Vec<f64>,
    /// How many lives the key has.
    pub lives: Vec<u32>,
    /// Family.
    pub family: Vec<String>,
    /// Who is at end 0.
    pub left: Vec<String>,
    /// Who is at end 1.
    pub right: Vec<String>,
    /// Path or port.
    pub place: Vec<String>,
    /// First event; NaN: older than the capture.
    pub start_num: Vec<f64>,
    /// Beginning, since the first event.
    pub start_ns: Vec<f64>,
    /// Until the end, or the last call.
    pub duration_ns: Vec<f64>,
    /// Calls.
    pub calls: Vec<f64>,
    /// Bytes that end 0 wrote.
    pub there: Vec<f64>,
    /// Bytes that end 1 wrote.
    pub back: Vec<f64>,
    /// Bytes left unread at a close.
    pub unread: Vec<f64>,
    /// Failed data calls.
    pub refused: Vec<f64>,
    /// First error, or empty.
    pub error: Vec<String>,
    /// What its bytes look like, or empty.
    pub protocol: Vec<&'static str>,
    /// Group it stands in, or empty.
    pub group: Vec<String>,
    /// Conversations of the group that begins with the row; NaN on any other row.
    pub group_size: Vec<f64>,
    /// Calls of these.
    pub group_calls: Vec<f64>,
    /// Bytes that their ends 0 wrote, as far as that is known.
    pub group_there: Vec<f64>,
    /// Bytes that their ends 1 wrote, as far as that is known.
    pub group_back: Vec<f64>,
    /// Bytes they left unread.
    pub group_unread: Vec<f64>,
    /// Their data calls that failed.
    pub group_refused: Vec<f64>,
    /// A description of it, for lists of its events; `u32::MAX` when there is none.
    pub description: Vec<u32>,
}

impl Core {
    fn listed(&self, conversation: &Conversation) -> Listed {
        let name = |side: usize| {
            let who = self.ledgers.leader(conversation, side, &self.state);
            who.map_or_else(String::new, |(pid, comm)| format!("{} ({pid})", String::from_utf8_lossy(self.state.text(comm))))
        };
        let (left, right) = (name(0), name(1));
        let place = if conversation.path.is_empty() {
            match conversation.key.rsplit_once(':') {
                Some((before, port)) if before.starts_with("tcp:") || before.starts_with("udp:") => port.to_owned(),
                _ => String::new(),
            }
        } else {
            String::from_utf8_lossy(&conversation.path).into_owned()
        };
        let failure = conversation.failures.first().map(|failure| errno(Some(failure.result)));
        let error = failure.or_else(|| conversation.connect.filter(|_| conversation.life.is_none()).map(|connect| errno(Some(connect.result)))).unwrap_or_default();
        let ns = |row: Row| self.ns(row).map_or(f64::NAN, |ns| ns as f64);
        let begun = if conversation.first == NONE { f64::NAN } else { ns(conversation.first) };
        let [there, back] = &conversation.directions;
        let calls = |direction: &index::conversations::Direction| u64::from(direction.writes.map_or(0, |sum| sum.calls)) + u64::from(direction.reads.map_or(0, |sum| sum.calls));
        let life = conversation.life.map_or_else(String::new, |life| format!("~{life}"));
        let text = format!("{} {} {} {}{life} {place} {error} {}", conversation.family.word(), left, right, conversation.key, protocol_of(conversation)).to_lowercase();
        Listed {
            start_ns: conversation.start.map_or(f64::NAN, ns),
            duration_ns: ns(conversation.end.unwrap_or(conversation.last)) - begun,
            calls: calls(there) + calls(back),
            there: there.writes.or(there.reads).map(|sum| sum.bytes),
            back: back.writes.or(back.reads).map(|sum| sum.bytes),
            unread: conversation.directions.iter().map(|direction| direction.unread.unwrap_or(0).saturating_add(direction.never_delivered)).fold(0, u64::saturating_add),
            refused: conversation.failures.len() as u32,
            left,
            right,
            place,
            error,
            text,
            ranks: Ranks::default(),
        }
    }
}

fn protocol_of(conversation: &Conversation) -> &'static str {
    Protocol::from_number(conversation.looks).map_or("", Protocol::word)
}

/// Name of a program without its id.
fn program(name: &str) -> &str {
    name.rsplit_once(" (").map_or(name, |(program, _)| program)
}

fn group_of(group: GroupBy, listed: &Listed) -> String {
    match group {
        GroupBy::Nothing => String::new(),
        GroupBy::Path => listed.place.clone(),
        GroupBy::Processes => {
            let right = if listed.right.is_empty() { "outside" } else { program(&listed.right) };
            format!("{} ⇄ {right}", if listed.left.is_empty() { "?" } else { program(&listed.left) })
        }
    }
}

impl Session {
    /// Rows `first` to `first + count` of the list.
    pub fn conversation_window(&mut self, query: &ListQuery, first: u64, count: usize) -> ConversationWindow {
        self.update_book();
        if self.book.listed.len() != self.book.all.len() {
            let core = self.core();
            let mut listed: Vec<Listed> = self.book.all.iter().map(|conversation| core.listed(conversation)).collect();
            rank(&self.book.all, &mut listed);
            self.book.listed = listed;
        }
        if self.book.ordered.query.as_ref() != Some(query) {
            let order = order(query, &self.book.all, &self.book.listed);
            self.book.ordered = Ordered { groups: groups(query.group, &order, &self.book.listed), order, query: Some(query.clone()) };
        }
        let core = self.core();
        let book = &self.book;
        let start = usize::try_from(first).unwrap_or(usize::MAX);
        let mut window = ConversationWindow { first, rows: book.ordered.order.len() as u64, total: book.all.len() as u64, ..ConversationWindow::default() };
        for (at, id) in book.ordered.order.iter().enumerate().skip(start).take(count) {
            let (Some(conversation), Some(listed)) = (book.all.get(*id as usize), book.listed.get(*id as usize)) else { continue };
            let known = |value: Option<u64>| value.map_or(f64::NAN, |value| value as f64);
            window.id.push(*id);
            window.key.push(conversation.key.clone());
            window.life.push(conversation.life.map_or(f64::NAN, f64::from));
            window.lives.push(book.lives.get(&conversation.key).copied().unwrap_or(0));
            window.family.push(conversation.family.word().to_owned());
            window.left.push(listed.left.clone());
            window.right.push(listed.right.clone());
            window.place.push(listed.place.clone());
            window.start_num.push(known(conversation.start.and_then(|row| core.num(row))));
            window.start_ns.push(listed.start_ns);
            window.duration_ns.push(listed.duration_ns);
            window.calls.push(listed.calls as f64);
            window.there.push(known(listed.there));
            window.back.push(known(listed.back));
            window.unread.push(listed.unread as f64);
            window.refused.push(f64::from(listed.refused));
            window.error.push(listed.error.clone());
            window.protocol.push(protocol_of(conversation));
            window.group.push(group_of(query.group, listed));
            let groups = &book.ordered.groups;
            let sum = groups.binary_search_by_key(&at, |(first, _)| *first).ok().and_then(|found| groups.get(found)).map(|(_, sum)| *sum);
            window.group_size.push(known(sum.map(|sum| sum.conversations)));
            window.group_calls.push(known(sum.map(|sum| sum.calls)));
            window.group_there.push(known(sum.map(|sum| sum.there)));
            window.group_back.push(known(sum.map(|sum| sum.back)));
            window.group_unread.push(known(sum.map(|sum| sum.unread)));
            window.group_refused.push(known(sum.map(|sum| sum.refused)));
            window.description.push(conversation.ends.iter().find_map(|end| end.descriptions.first()).copied().unwrap_or(NONE));
        }
        window
    }
}

/// Where each group begins and what its conversations come to; `order` has those of a group together.
fn groups(group: GroupBy, order: &[u32], listed: &[Listed]) -> Vec<(usize, GroupSum)> {
    let mut groups: Vec<(usize, GroupSum)> = Vec::new();
    let mut before = None;
    for (at, id) in order.iter().enumerate() {
        let Some(one) = listed.get(*id as usize) else { continue };
        let rank = match group {
            GroupBy::Nothing => return groups,
            GroupBy::Path => one.ranks.place,
            GroupBy::Processes => one.ranks.programs,
        };
        if before != Some(rank) {
            before = Some(rank);
            groups.push((at, GroupSum::default()));
        }
        let Some((_, sum)) = groups.last_mut() else { continue };
        sum.conversations += 1;
        sum.calls = sum.calls.saturating_add(one.calls);
        sum.there = sum.there.saturating_add(one.there.unwrap_or(0));
        sum.back = sum.back.saturating_add(one.back.unwrap_or(0));
        sum.unread = sum.unread.saturating_add(one.unread);
        sum.refused = sum.refused.saturating_add(one.refused.into());
    }
    groups
}

/// A number whose order is that of [`f64::total_cmp`].
fn ordered(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ (((bits >> 63).cast_unsigned()) >> 1).cast_signed()
}

/// A short word as a number that is ordered as the word is.
fn letters(word: &str) -> u128 {
    let mut first = [0; 16];
    for (letter, byte) in first.iter_mut().zip(word.bytes()) {
        *letter = byte;
    }
    u128::from_be_bytes(first)
}

/// Ranks the texts of all columns.
fn rank(all: &[Conversation], listed: &mut [Listed]) {
    let rows = listed.len();
    let of = |at: usize| listed.get(at);
    let processes = ranks(rows, &|at| of(at).map(|listed| (listed.left.as_str(), listed.right.as_str())));
    let place = ranks(rows, &|at| of(at).map(|listed| (listed.place.as_str(), "")));
    let error = ranks(rows, &|at| of(at).map(|listed| (listed.error.as_str(), "")));
    // Lives of a key are numbered as they are listed.
    let key = ranks(rows, &|at| all.get(at).map(|conversation| (conversation.key.as_str(), "")));
    let programs = ranks(rows, &|at| of(at).map(|listed| (program(&listed.left), program(&listed.right))));
    let ranks = processes.into_iter().zip(place).zip(error).zip(key).zip(programs);
    for (listed, ((((processes, place), error), key), programs)) in listed.iter_mut().zip(ranks) {
        listed.ranks = Ranks { processes, place, error, key, programs };
    }
}

fn order(query: &ListQuery, all: &[Conversation], listed: &[Listed]) -> Vec<u32> {
    let needle = query.narrow.to_lowercase();
    let mut order: Vec<u32> = (0..all.len() as u32).collect();
    if !needle.is_empty() {
        let finder = memchr::memmem::Finder::new(needle.as_bytes());
        order.retain(|at| listed.get(*at as usize).is_some_and(|listed| finder.find(listed.text.as_bytes()).is_some()));
    }
    let of = |at: &u32| listed.get(*at as usize);
    let number = |at: &u32, what: fn(&Listed) -> f64| of(at).map_or(f64::NAN, what);
    let of_all = |at: &u32| all.get(*at as usize);
    let by_size = |order: &mut Vec<u32>, what: fn(&Listed) -> f64| by_number(order, |at| signed(ordered(number(at, what))));
    let by_rank = |order: &mut Vec<u32>, what: fn(&Ranks) -> u32| by_number(order, |at| of(at).map_or(0, |listed| what(&listed.ranks).into()));
    match query.sort {
        SortBy::Start => {}
        SortBy::Duration => by_size(&mut order, |listed| listed.duration_ns),
        SortBy::Calls => by_size(&mut order, |listed| listed.calls as f64),
        SortBy::There => by_size(&mut order, |listed| listed.there.map_or(-1.0, |bytes| bytes as f64)),
        SortBy::Back => by_size(&mut order, |listed| listed.back.map_or(-1.0, |bytes| bytes as f64)),
        SortBy::Unread => by_size(&mut order, |listed| listed.unread as f64),
        SortBy::Refused => by_size(&mut order, |listed| f64::from(listed.refused)),
        SortBy::Processes => by_rank(&mut order, |ranks| ranks.processes),
        SortBy::Path => by_rank(&mut order, |ranks| ranks.place),
        SortBy::Error => by_rank(&mut order, |ranks| ranks.error),
        SortBy::Key => by_rank(&mut order, |ranks| ranks.key),
        SortBy::Protocol => by_number(&mut order, |at| of_all(at).map_or(0, |of| letters(protocol_of(of)))),
        SortBy::Family => by_number(&mut order, |at| of_all(at).map_or(0, |of| of.family as u128)),
    }
    if query.descending {
        order.reverse();
    }
    match query.group {
        GroupBy::Nothing => {}
        GroupBy::Path => by_rank(&mut order, |ranks| ranks.place),
        GroupBy::Processes => by_rank(&mut order, |ranks| ranks.programs),
    }
    order
}
