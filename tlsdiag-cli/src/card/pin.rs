//! The PIN: whether it may be asked for, and where from. A card locks itself after a few wrong ones, mostly for good.

use cryptoki::session::Session;
use cryptoki::slot::TokenInfo;

use super::token::Token;
use crate::args::CardArguments;
use crate::error::Error;
use crate::say::say;
use crate::secret;

/// Why no key can be tried.
pub(super) type Untried = String;

/// What a token says of its PIN.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    wanted: bool,
    set: bool,
    locked: bool,
    last_try: bool,
    wrong_before: bool,
    on_reader: bool,
    to_be_changed: bool,
    lengths: (usize, usize),
}

impl State {
    fn of(facts: &TokenInfo) -> Self {
        State {
            wanted: facts.login_required(),
            set: facts.user_pin_initialized(),
            locked: facts.user_pin_locked(),
            last_try: facts.user_pin_final_try(),
            wrong_before: facts.user_pin_count_low(),
            on_reader: facts.protected_authentication_path(),
            to_be_changed: facts.user_pin_to_be_changed(),
            lengths: (facts.min_pin_length(), facts.max_pin_length()),
        }
    }

    /// Why the PIN must not be given at all.
    fn forbids(&self) -> Option<&'static str> {
        if self.locked {
            Some("its PIN is locked, and its PUK unlocks it")
        } else if self.last_try {
            Some(
                "one more wrong PIN would lock it: give the right one to another program first, which resets the counter",
            )
        } else if !self.set {
            Some("it has no user PIN yet")
        } else if self.to_be_changed {
            Some("its PIN has to be changed first")
        } else {
            None
        }
    }

    /// Whether a PIN of this length can be the right one.
    fn takes(&self, length: usize) -> bool {
        let (least, most) = self.lengths;
        length >= least && (most == 0 || length <= most)
    }
}

/// Logs in, if that is wanted and safe; says why not if not.
pub(super) fn log_in(
    token: &Token,
    session: &Session,
    arguments: &CardArguments,
) -> Result<Option<Untried>, Error> {
    let state = State::of(&token.facts);
    if arguments.no_pin {
        return Ok(Some("the PIN was not asked for, with --no-pin".to_owned()));
    }
    if !state.wanted {
        return Ok(None);
    }
    if let Some(why) = state.forbids() {
        return Err(Error::new(format!(
            "the token {} is left alone: {why}; --no-pin lists its mechanisms",
            token.label()
        )));
    }
    if state.on_reader {
        if arguments.pin_file.is_some() {
            return Err(Error::new(format!(
                "the token {} takes its PIN on the reader alone, so --pin-file is of no use",
                token.label()
            )));
        }
        say!("enter the PIN of the token {} on the reader", token.label());
        return token.log_in(session, None).map(|()| None);
    }
    let pin = match &arguments.pin_file {
        Some(_) if state.wrong_before => {
            return Err(Error::new(format!(
                "the token {} was given a wrong PIN before, and the one in the file may be that: give it at the terminal once",
                token.label()
            )));
        }
        Some(path) => secret::from_file(path, "PIN")?,
        None => {
            if state.wrong_before {
                say!("the token {} was given a wrong PIN before", token.label());
            }
            let prompt = format!("PIN of the token {} (empty: list its mechanisms alone): ", token.label());
            match secret::ask(&prompt)? {
                None => {
                    return Ok(Some("there is no terminal to ask for the PIN, and no --pin-file".to_owned()));
                }
                Some(typed) if typed.is_empty() => return Ok(Some("no PIN was given".to_owned())),
                Some(typed) => typed,
            }
        }
    };
    if !state.takes(pin.len()) {
        let (least, most) = state.lengths;
        return Err(Error::new(format!(
            "the token {} takes PINs of {least} to {most} bytes, and this one has {}: it was not tried",
            token.label(),
            pin.len()
        )));
    }
    token.log_in(session, Some(&pin)).map(|()| None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: State = State {
        wanted: true,
        set: true,
        locked: false,
        last_try: false,
        wrong_before: false,
        on_reader: false,
        to_be_changed: false,
        lengths: (4, 8),
    };

    #[test]
    fn a_card_is_never_locked_by_us() {
        assert_eq!(GOOD.forbids(), None);
        for (state, word) in [
            (State { locked: true, ..GOOD }, "PUK"),
            (State { last_try: true, ..GOOD }, "would lock it"),
            (State { locked: true, last_try: true, ..GOOD }, "PUK"),
            (State { set: false, ..GOOD }, "no user PIN"),
            (State { to_be_changed: true, ..GOOD }, "changed"),
        ] {
            assert!(state.forbids().is_some_and(|why| why.contains(word)), "{state:?}");
        }
    }

    #[test]
    fn a_pin_that_cannot_be_right_is_not_tried() {
        for (length, taken) in [(3, false), (4, true), (8, true), (9, false)] {
            assert_eq!(GOOD.takes(length), taken, "{length}");
        }
        assert!(State { lengths: (0, 0), ..GOOD }.takes(9));
    }
}
