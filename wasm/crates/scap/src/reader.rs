//! The push machine: takes any slice of the inflated stream, hands out whole blocks.

use crate::damage::Damage;
use crate::event::Event;
use crate::metadata::{Fd, Group, Interface, Machine, Process, Section, User};

/// What the reader has to know of the event table: given by the crate that owns it.
pub trait Table {
    /// Parameter counts that events of this type have had, newest first (v1 events carry no count).
    fn param_counts(kind: u16) -> &'static [u8];
}

/// Takes what the reader finds, in file order.
pub trait Sink {
    /// A recording starts.
    fn section(&mut self, section: &Section);
    /// Facts of the machine.
    fn machine(&mut self, machine: &Machine);
    /// One process of the initial state.
    fn process(&mut self, process: &Process<'_>);
    /// One descriptor of the initial state.
    fn fd(&mut self, tid: i64, fd: &Fd<'_>);
    /// One interface.
    fn interface(&mut self, interface: &Interface);
    /// One user.
    fn user(&mut self, user: &User<'_>);
    /// One group.
    fn group(&mut self, group: &Group<'_>);
    /// One event.
    fn event(&mut self, event: &Event<'_>);
    /// Something is wrong with the file; reading goes on.
    fn damage(&mut self, damage: Damage);
}

/// Splits the inflated stream into blocks and decodes them. Any slicing of the stream gives the same calls.
#[derive(Debug)]
pub struct Reader<T: Table> {
    table: std::marker::PhantomData<T>,
}
