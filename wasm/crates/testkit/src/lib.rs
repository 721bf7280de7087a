//! Writes captures from readable text, for tests.
//!
//! [`capture_from_text`] turns a drawn capture into the bytes of a `.scap` file; [`writer`] writes single blocks, of any
//! version and in both byte orders; [`gzip`] packs them.
//!
//! # The language
//!
//! One line is one thing; blank lines and lines that start with `--` say nothing. Lines before the events:
//!
//! ```text
//! machine   cpus=2 memory=4294967296 host=testbox boot=0
//! interface eth0 10.0.0.1/255.255.255.0 broadcast=10.0.0.255 speed=0
//! user      uid=33 gid=33 name=www home=/var/www shell=/bin/sh
//! group     gid=33 name=www
//! container id=29b85fa50839 name=web1 image=lab/php-app:1.0
//! process   tid=10 pid=10 ptid=1 comm=httpd exe=/usr/sbin/httpd args='-k\0start\0' cwd=/ uid=33 gid=33 …
//! fd        tid=10 fd=3 file /etc/passwd flags=1 dev=259 ino=7
//! fd        tid=10 fd=4 ipv4 10.0.0.1:4000->10.0.0.2:80 l4=tcp
//! fd        tid=10 fd=5 server 0.0.0.0:80 l4=tcp
//! fd        tid=10 fd=6 unix ffff01->ffff02 /run/x.sock
//! fd        tid=10 fd=7 pipe 'pipe:[1234]'
//! ```
//!
//! Every field may be left out. A process has `tid pid ptid sid vpgid comm exe exepath args cwd fdlimit flags uid gid
//! vmsize vmrss vmswap pfmajor pfminor env vtid vpid cgroups root pidns tty loginuid exe_flags exe_ino pgid`; `pid` is
//! the `tid` unless said, `exe` and `exepath` the `comm`; a thread has the `flags` that recorders give it. An fd is open on `file`, `ipv4`, `ipv6`, `server` (listening,
//! either family), `unix`, or something that only has a name: `oldfile directory pipe event unsupported signalfd
//! eventpoll inotify timerfd netlink bpf userfaultfd io_uring memfd pidfd`. `l4` is `tcp` unless said: `unknown na tcp udp
//! icmp raw`. A container (`full_id id image imageid imagerepo imagetag ip name type`) is written as the
//! recorder does it, as an event before all others.
//!
//! A line that starts with `ns` names the columns of the events below it; the last one, `args`, is the rest of the line:
//!
//! ```text
//! ns   cpu  tid  dir  type     args
//! 0    0    10   >    connect  fd=3 addr=10.0.0.2:80
//! 40   1    10   <    connect  res=0 tuple=10.0.0.1:4000->10.0.0.2:80
//! 90   0    10   <    write    res=5 data='GET /'
//! ```
//!
//! `cpu` may be absent (0), and so may all columns: then they are `ns cpu tid dir type args`. `call` is another name of
//! `type`. Times count from 1,700,000,000 s after the epoch (`start 0` changes that), `@5` is 5 ns after the epoch,
//! `-` is a time that the recorder did not know. `type` is a name of the event table, a name with the id (`open#3`) when
//! another version than the usual one is meant, or an id (`#999`). Values are given by parameter name; the event gets as
//! many parameters as the last one named needs, those between them that are not named are empty. An unknown type takes
//! `hex:` values without names.
//!
//! | parameter | written as |
//! |---|---|
//! | numbers, fds, pids, errnos | `7`, `-1`, `0x1f`, `AT_FDCWD`, `EPIPE` (is −32); a `(…)` or `<…>` behind it is skipped, so lines that sysdig printed can be pasted |
//! | flags, enums | numbers, or names joined by `\|` |
//! | texts, paths | `/tmp/x` or `'a b'`; a NUL is appended. In quotes `\0 \n \t \\ \'` and `\x7f` are bytes |
//! | bytes | the same, nothing is appended |
//! | addresses | `10.0.0.1:80`, `[::1]:80`, `/run/x.sock`, `family:16` |
//! | tuples | `10.0.0.1:4000->10.0.0.2:80`, `[::1]:1->[::1]:2`, `ffff01->ffff02 /run/x.sock` |
//! | fd lists | `3:1 5:4`: number and poll flags |
//! | dynamic ones | `1:-11`: the alternative, then its value |
//! | any | `NULL` (no bytes), `hex:0a0b0c` (these bytes), `fill:1000` (so many `x`) |
//!
//! Other lines: `release 0.29.3` (or `0.36.0`, `libs`) chooses among types of one name as that release would, and writes
//! the process list of its recorder;
//! `section` starts a further section, and takes what the first one takes on a `section` line at the top:
//! `section order=big minor=2 processes=9 fds=2 interfaces=2 users=2 events=v2`, where `events` is `v1`, `v1flags`, `v2`,
//! `v2flags`, `large` or `largeflags`; `hidden` before the `dir` of an event marks it state-only (in a block with flags);
//! `block 0xbad hex:0102` writes any block, `bytes hex:00` bytes without framing.

mod gzip;
mod random;
#[cfg(feature = "text")]
mod text;
#[cfg(feature = "text")]
mod value;
pub mod writer;

pub use gzip::{gzip, gzip_flushed};
pub use random::Random;
#[cfg(feature = "text")]
pub use text::{START, capture_from_text, parse};
pub use writer::Writer;
