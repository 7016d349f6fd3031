//! The shared library's name and what it promises to the linker.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if target == "linux" {
        // The number changes with the ABI: what is built against 0 runs with every 0.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libtlsdiag.so.0");
        // OpenSSL may call our hooks for as long as the process lives, so dlclose must not unload us.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,relro,-z,now");
    }
}
