//! `tlsdiag bisect` with real clients, servers and paths.

#[path = "../program/mod.rs"]
mod program;

mod founding_case;
mod offers;
mod paths;
mod place;
mod reloads;
