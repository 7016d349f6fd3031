//! The pages over HTTP on this machine's loopback addresses, in a thread of its own.
//!
//! Nobody who shows handshakes waits for a browser: the book is asked when one comes, and a browser that does not read holds a connection
//! and no more.

mod answer;
mod events;
mod guests;
mod host;

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::book::Book;
use answer::Site;
pub use answer::headers;
use guests::Guests;

/// So long a request may take to come, the next one on a connection as well.
const PATIENCE: Duration = Duration::from_secs(10);

/// So long a head may be; hyper has no less.
const LONGEST_HEAD: usize = 16 << 10;

/// After a connection could not be accepted, since no descriptor is left, say.
const RESPITE: Duration = Duration::from_millis(100);

/// A running server; when this is dropped it ends, with all its connections. Nobody waits for that, since a file that is being read may lie
/// on a network that is gone.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
}

impl Server {
    /// Shows a book to whoever asks on these addresses, which are loopback and of one port.
    ///
    /// # Errors
    ///
    /// An address is not loopback; those of starting a thread and its runtime.
    pub fn start(listeners: Vec<TcpListener>, book: Arc<Book>) -> io::Result<Server> {
        let addresses = listeners.iter().map(TcpListener::local_addr).collect::<io::Result<Vec<_>>>()?;
        let Some(&address) = addresses.first() else { return Err(io::ErrorKind::InvalidInput.into()) };
        if !addresses.iter().all(|one| one.ip().is_loopback() && one.port() == address.port()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the console is for this machine alone: its addresses are loopback",
            ));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = watch::channel(false);
        let site = Arc::new(Site::new(book, address.port()));
        let run = move || {
            runtime.block_on(serve(listeners, &site, stopped));
            // Connections go with it, whatever they are doing.
            runtime.shutdown_background();
        };
        thread::Builder::new().name("console".to_owned()).spawn(run)?;
        Ok(Server { address, stop })
    }

    /// Where it is to be found.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

async fn serve(listeners: Vec<TcpListener>, site: &Arc<Site>, mut stopped: watch::Receiver<bool>) {
    let guests = Guests::default();
    for listener in listeners {
        let accepting =
            listener.set_nonblocking(true).and_then(|()| tokio::net::TcpListener::from_std(listener));
        // It was listening a moment ago.
        let Ok(listener) = accepting else { continue };
        let (site, guests) = (Arc::clone(site), guests.clone());
        tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((socket, _)) => receive(socket, &site, &guests),
                    Err(_) => tokio::time::sleep(RESPITE).await,
                }
            }
        });
    }
    // Its sender lives as long as the server.
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn receive(socket: TcpStream, site: &Arc<Site>, guests: &Guests) {
    let _ = socket.set_nodelay(true);
    let site = Arc::clone(site);
    guests.admit(|guest| {
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                guest.has_asked();
                let answer = site.answer(&request);
                async { Ok::<_, Infallible>(answer) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(LONGEST_HEAD);
            // A browser that goes away is no news.
            let _ = http.serve_connection(TokioIo::new(socket), answer).await;
        })
        .abort_handle()
    });
}
