//! Bytes of a capture: from a file or from standard input, packed or not.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use scap::inflate::RestartPoints;
use scap::{Damage, Inflate, Inflated};

use crate::Problem;

/// File bytes read at a time. Larger pieces leave the cache before they are decoded.
const PIECE: usize = 64 << 10;

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

/// Passes on what is unpacked until the taker has had enough.
struct Pass<'a, T> {
    taker: &'a mut T,
    goes_on: bool,
}

impl<T: Taker> Inflated for Pass<'_, T> {
    fn bytes(&mut self, bytes: &[u8]) {
        if self.goes_on {
            self.goes_on = self.taker.take(bytes);
        }
    }

    fn damage(&mut self, damage: Damage) {
        if self.goes_on {
            self.taker.damage(damage);
        }
    }
}

/// Reads a capture to its end, or until no more is wanted. Gives the places from which packed bytes can be read again.
pub fn read(input: &mut Input, taker: &mut impl Taker) -> io::Result<RestartPoints> {
    let mut inflate = Inflate::new();
    let mut pass = Pass { taker, goes_on: true };
    let mut piece = vec![0; PIECE];
    loop {
        let len = input.read(&mut piece)?;
        if len == 0 {
            inflate.finish(&mut pass);
            break;
        }
        inflate.push(piece.get(..len).unwrap_or_default(), &mut pass);
        if !pass.goes_on {
            break;
        }
    }
    Ok(inflate.take_points())
}
