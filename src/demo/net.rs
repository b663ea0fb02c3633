//! Listeners on loopback that can be closed and opened again. Knows no protocol.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::fault::Mood;

/// A listener on a free port of loopback.
pub async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves connections until dropped; while the mood is to refuse, its port is closed.
pub async fn accept<F, Fut>(
    listener: TcpListener,
    address: SocketAddr,
    mut mood: watch::Receiver<Mood>,
    serve: F,
) where
    F: Fn(TcpStream) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let mut listener = Some(listener);
    loop {
        let open = match listener.take() {
            Some(open) => open,
            None => open_again(address).await,
        };
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                there = refuses(&mut mood, true) => {
                    if there {
                        break;
                    }
                    return;
                }
                Some(_) = connections.join_next() => {}
                accepted = open.accept() => match accepted {
                    Ok((stream, _)) => {
                        let _ = stream.set_nodelay(true);
                        connections.spawn(serve(stream));
                    }
                    // out of descriptors: the next connection may do better
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
            }
        }
        drop(open);
        drop(connections);
        if !refuses(&mut mood, false).await {
            return;
        }
    }
}

/// Waits until the mood is (or is not) to refuse; false when nobody will set it any more.
async fn refuses(mood: &mut watch::Receiver<Mood>, wanted: bool) -> bool {
    let reached = |mood: &Mood| (*mood == Mood::Refuse) == wanted;
    mood.wait_for(reached).await.is_ok()
}

async fn open_again(address: SocketAddr) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
