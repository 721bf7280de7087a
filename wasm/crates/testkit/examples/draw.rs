//! Writes the capture that a text draws: `cargo run -p testkit --example draw < TEXT > CAPTURE`

use std::io::{Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    std::io::stdout().write_all(&testkit::parse(&text)?)?;
    Ok(())
}
