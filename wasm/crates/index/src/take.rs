//! What becomes of one event: state, sums, columns, in this order.

use model::{Applied, Row, State};
use scap::Event;

use crate::columns::{Full, Index};
use crate::conversations::Ledgers;

/// Applies an event and keeps what it meant. `offset` is where its block stands in all files together; without `ledgers`
/// conversations are not summed.
///
/// It stands here, and not with what calls it, because this crate is built for speed.
///
/// # Errors
/// [`Full`] when rows can no longer be counted.
pub fn take(state: &mut State, index: &mut Index, ledgers: Option<&mut Ledgers>, offset: u64, event: &Event<'_>) -> Result<Row, Full> {
    let row = index.next_row();
    let mut applied = Applied::unknown();
    state.apply_into(row, event, &mut applied);
    if let Some(ledgers) = ledgers {
        ledgers.push(row, event, &applied, state);
    }
    index.push(offset, event, &applied)
}
