//! Server-sent events: that something is new, at once, and then at most some twenty times a second.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

/// After each event.
const PAUSE: Duration = Duration::from_millis(50);

/// A connection over which nothing comes for so long gets a comment: whoever has gone is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The body of `/events`. Nothing is made before the browser has taken what was made before.
pub(super) struct Events(mpsc::Receiver<Bytes>);

impl Events {
    /// Tells of changes from now on: a page looks for itself what came before it was connected.
    pub(super) fn new(mut count: watch::Receiver<u64>) -> Events {
        count.mark_unchanged();
        // The first bytes tell the browser that it is connected.
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let gone = sender.clone();
            let tell = async {
                let mut next = Bytes::from_static(b": listening\n\n");
                let mut pause = Duration::ZERO;
                while sender.send(next).await.is_ok() {
                    sleep(pause).await;
                    (next, pause) = match timeout(KEEP_ALIVE, count.changed()).await {
                        Ok(Ok(())) => {
                            let count = *count.borrow_and_update();
                            (format!("event: changed\ndata: {count}\n\n").into(), PAUSE)
                        }
                        Ok(Err(_)) => return,
                        Err(_) => (Bytes::from_static(b": still here\n\n"), Duration::ZERO),
                    };
                }
            };
            tokio::select! {
                () = tell => {}
                () = gone.closed() => {}
            }
        });
        Events(receiver)
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
