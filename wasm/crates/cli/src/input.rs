//! Bytes of a capture: from a file or from standard input, packed or not. A thread of their own reads and unpacks them, while
//! those before them are decoded.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use scap::inflate::{Format, RestartPoints};
use scap::{Damage, Inflate, Inflated};

use crate::Problem;

/// Packed bytes read at a time.
const READ: usize = 64 << 10;
/// Unpacked bytes that go to the decoder at a time.
const PIECE: usize = 256 << 10;
/// Pieces on their way.
const AHEAD: usize = 4;

/// A capture to read from.
pub enum Input {
    File(File),
    Stdin(io::Stdin),
}

impl Input {
    /// Opens a file, or standard input by the name `-`.
    pub fn open(name: &OsStr) -> Result<Self, Problem> {
        if name == "-" {
            return Ok(Self::Stdin(io::stdin()));
        }
        let file = File::open(name).map_err(|error| format!("can't open file {}: {error}", name.display()))?;
        if file.metadata()?.is_dir() {
            return Err(format!("{} is a directory, not a capture", name.display()).into());
        }
        Ok(Self::File(file))
    }

    /// The same input at the same place.
    fn again(&self) -> io::Result<Self> {
        Ok(match self {
            Self::File(file) => Self::File(file.try_clone()?),
            Self::Stdin(_) => Self::Stdin(io::stdin()),
        })
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let result = match self {
                Self::File(file) => file.read(into),
                Self::Stdin(stdin) => stdin.read(into),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }
}

/// Takes the inflated bytes of a capture.
pub trait Taker {
    /// The next bytes. False when no more are wanted.
    fn take(&mut self, bytes: &[u8]) -> bool;
    /// The packing is damaged.
    fn damage(&mut self, damage: Damage);
}

/// Passes on what is unpacked, or what need not be, until the taker has had enough.
struct Pass<'a, T> {
    taker: &'a mut T,
    wanted: bool,
}

impl<T: Taker> Inflated for Pass<'_, T> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.wanted = self.wanted && self.taker.take(bytes);
    }

    fn damage(&mut self, damage: Damage) {
        if self.wanted {
            self.taker.damage(damage);
        }
    }
}

/// What the reading thread sends.
enum Message {
    /// A piece, and how much of it is filled.
    Bytes(Vec<u8>, usize),
    Damage(Damage),
    End(io::Result<RestartPoints>),
}

/// Gathers what is read or unpacked into pieces and sends them.
struct Pieces {
    messages: SyncSender<Message>,
    empty: Receiver<Vec<u8>>,
    piece: Vec<u8>,
    filled: usize,
    /// Somebody takes what is sent.
    wanted: bool,
}

impl Pieces {
    fn send(&mut self, message: Message) {
        self.wanted = self.wanted && self.messages.send(message).is_ok();
    }

    /// Makes `piece` an empty one, and gives the old one.
    fn change(&mut self) -> Vec<u8> {
        let empty = self.empty.try_recv().unwrap_or_else(|_| vec![0; PIECE]);
        std::mem::replace(&mut self.piece, empty)
    }

    fn flush(&mut self) {
        if self.filled > 0 {
            let full = self.change();
            let filled = std::mem::take(&mut self.filled);
            self.send(Message::Bytes(full, filled));
        }
    }

    /// Sends the rest of a capture that is not packed, and then its points, which say so.
    fn read(mut self, mut input: Input, points: RestartPoints) {
        self.change();
        let end = loop {
            match input.read(&mut self.piece) {
                Ok(0) => break Ok(points),
                Ok(len) => {
                    self.filled = len;
                    self.flush();
                }
                Err(error) => break Err(error),
            }
            if !self.wanted {
                return;
            }
        };
        self.send(Message::End(end));
    }

    /// Sends the rest of a packed capture. `buffer` is for the packed bytes.
    fn unpack(mut self, mut input: Input, mut inflate: Inflate, mut buffer: Vec<u8>) {
        self.change();
        let end = loop {
            if !self.wanted {
                return;
            }
            match input.read(&mut buffer) {
                Ok(0) => {
                    inflate.finish(&mut self);
                    break Ok(inflate.take_points());
                }
                Ok(len) => inflate.push(buffer.get(..len).unwrap_or_default(), &mut self),
                Err(error) => break Err(error),
            }
            // Standard input may be slow: what has come is shown.
            if matches!(input, Input::Stdin(_)) {
                self.flush();
            }
        };
        self.flush();
        self.send(Message::End(end));
    }
}

impl Inflated for Pieces {
    fn bytes(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.wanted {
            let room = self.piece.get_mut(self.filled..).unwrap_or_default();
            let len = room.len().min(bytes.len());
            let (now, later) = bytes.split_at(len);
            if let Some(room) = room.get_mut(..len) {
                room.copy_from_slice(now);
            }
            self.filled += len;
            bytes = later;
            if self.filled == PIECE {
                self.flush();
            }
        }
    }

    fn damage(&mut self, damage: Damage) {
        self.flush();
        self.send(Message::Damage(damage));
    }
}

/// Reads a capture to its end, or until no more is wanted. Gives the places from which packed bytes can be read again,
/// as far as `inflate` notes them.
pub fn read(input: &mut Input, mut inflate: Inflate, taker: &mut impl Taker) -> io::Result<RestartPoints> {
    let mut pass = Pass { taker, wanted: true };
    let mut buffer = vec![0; READ];
    while inflate.format().is_none() {
        let len = input.read(&mut buffer)?;
        if len == 0 {
            inflate.finish(&mut pass);
            return Ok(inflate.take_points());
        }
        inflate.push(buffer.get(..len).unwrap_or_default(), &mut pass);
    }
    if !pass.wanted {
        return Ok(inflate.take_points());
    }
    let (messages, received) = sync_channel(AHEAD);
    let (emptied, empty) = channel();
    let input = input.again()?;
    let pieces = Pieces { messages, empty, piece: Vec::new(), filled: 0, wanted: true };
    // Not waited for: when no more is wanted it may hang in a read that never ends.
    thread::spawn(move || match inflate.format() {
        Some(Format::Raw) => pieces.read(input, inflate.take_points()),
        _ => pieces.unpack(input, inflate, buffer),
    });
    for message in received {
        match message {
            Message::Bytes(piece, filled) => {
                if !taker.take(piece.get(..filled).unwrap_or_default()) {
                    return Ok(RestartPoints::default());
                }
                // Nobody waits for it at the end.
                let _ = emptied.send(piece);
            }
            Message::Damage(damage) => taker.damage(damage),
            Message::End(end) => return end,
        }
    }
    Err(io::Error::other("the reading thread is gone"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Input, PIECE, Taker, read};
    use scap::{Damage, FileBytes, Inflate};

    /// Counts the bytes that it is given.
    struct Count(usize);

    impl Taker for Count {
        fn take(&mut self, bytes: &[u8]) -> bool {
            self.0 += bytes.len();
            true
        }

        fn damage(&mut self, _: Damage) {}
    }

    /// Notes where it is read.
    struct Noted(Vec<(u64, usize)>);

    impl FileBytes for Noted {
        fn len(&self) -> u64 {
            u64::MAX
        }

        fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
            self.0.push((offset, buf.len()));
            Ok(buf.len())
        }
    }

    #[test]
    fn what_is_not_packed_is_read_again_where_it_stands() {
        let path = std::env::temp_dir().join(format!("scapscope-input-{}", std::process::id()));
        // A section header, then more than one piece.
        let mut bytes = vec![0x0a, 0x0d, 0x0d, 0x0a];
        bytes.resize(3 * PIECE + 5, 7);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(&bytes)).expect("a temporary file");
        let mut input = Input::open(path.as_os_str()).expect("it is there");
        let mut count = Count(0);
        let points = read(&mut input, Inflate::new(), &mut count).expect("it can be read");
        std::fs::remove_file(&path).expect("it is there");
        assert_eq!(count.0, bytes.len());
        let mut noted = Noted(Vec::new());
        points.read_at(&mut noted, 500_000_000, &mut [0; 100]).expect("any place");
        assert_eq!(noted.0, [(500_000_000, 100)]);
    }
}
