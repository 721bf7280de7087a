//! Writes the JavaScript glue and the type declarations of a wasm module: `xtask MODULE.wasm FOLDER`.
//!
//! A program of our own instead of the `wasm-bindgen` command, so that the workspace's lock file keeps glue and
//! module at one version, and nothing has to be installed.

use std::path::PathBuf;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(module), Some(folder), None) = (args.next(), args.next(), args.next()) else {
        eprintln!("usage: xtask MODULE.wasm FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&module).typescript(true).omit_default_module_path(true);
    let written = bindgen.remove_name_section(true).web(true).and_then(|bindgen| bindgen.generate(&folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: no glue written for {}: {error:#}", module.display());
            ExitCode::FAILURE
        }
    }
}
