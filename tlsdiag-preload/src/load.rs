//! What runs when this object is loaded, and when the program ends.

use crate::boundary::guard;
use crate::interpose::{files, names};
use crate::{accept, config, stderr, unhooked};

extern "C" fn on_load() {
    guard(|| {
        // A panic of our own ends where it began, without a word (`boundary`).
        std::panic::set_hook(Box::new(|_| {}));
        stderr::remember();
        if matches!(config::config().output, config::Output::Channel(_)) {
            // For its end (`unhooked`).
            config::executable();
        }
        accept::look();
        names::look();
        files::look();
    });
}

extern "C" fn on_exit() {
    guard(unhooked::on_exit);
}

// SAFETY: what the dynamic linker calls after loading this object and before main, and at exit.
#[used]
#[unsafe(link_section = ".init_array")]
static ON_LOAD: extern "C" fn() = on_load;

// SAFETY: as above.
#[used]
#[unsafe(link_section = ".fini_array")]
static ON_EXIT: extern "C" fn() = on_exit;
