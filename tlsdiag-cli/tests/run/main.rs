//! `tlsdiag run` and the preload object, with the programs that Debian ships.

#[path = "../program/mod.rs"]
mod program;

mod alone;
mod applets;
mod browsers;
mod by_address;
mod children;
mod clients;
mod console;
mod datagrams;
mod early_data;
mod faces;
mod fallbacks;
mod founding_case;
mod harmless;
mod libc;
mod load;
mod low_indices;
mod name_check;
mod place;
mod renewed;
mod same;
mod servers;
mod setup;
mod signers;
mod status;
mod unharmed;
