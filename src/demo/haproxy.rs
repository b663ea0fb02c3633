//! `HAProxy`'s runtime API over TCP: one line in, its commands' output out, and the connection ends.

mod command;
mod table;

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::fault::{Faults, Mood, Peer};
use super::net;
use super::world::Shared;

/// The longest command line, as a default `tune.bufsize` has it.
const LINE: u64 = 16_384;

/// Serves the runtime API until dropped.
pub async fn serve(listener: TcpListener, address: SocketAddr, faults: Faults, shared: Shared) {
    let mood = faults.mood(Peer::Haproxy);
    net::accept(listener, address, mood, |stream| {
        converse(stream, faults.clone(), shared.clone())
    })
    .await;
}

async fn converse(stream: TcpStream, faults: Faults, shared: Shared) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let read = (&mut stream).take(LINE).read_line(&mut line).await;
    if read.is_err() || !line.ends_with('\n') {
        return;
    }
    let answer = answer(line.trim_end_matches(['\r', '\n']), &faults, &shared).await;
    let mut stream = stream.into_inner();
    // a peer that went away is its own affair
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn answer(line: &str, faults: &Faults, shared: &Shared) -> String {
    faults.count(Peer::Haproxy);
    let commands = split(line);
    for command in &commands {
        if command.first().is_some_and(|word| word == "set") {
            faults.mutated(&command.join(" "));
        }
    }
    let mood = *faults.mood(Peer::Haproxy).borrow();
    match mood {
        Mood::Ok | Mood::Cut => {}
        Mood::Slow(by) => tokio::time::sleep(by).await,
        Mood::Refuse | Mood::Hang => std::future::pending().await,
        Mood::Garbage => return "\u{1b}]0;garbage\u{7}1 2 3 <html>\n\n".into(),
        Mood::Status(_) => return "Permission denied\n\n".into(),
    }
    let mut out = String::new();
    let now = shared.now();
    shared.with(|world| {
        for command in &commands {
            let words: Vec<_> = command.iter().map(String::as_str).collect();
            out.push_str(&command::run(world, now, &words));
            out.push('\n');
        }
    });
    if mood == Mood::Cut {
        out.truncate(out.len() / 2);
    }
    out
}

/// Cuts a line into commands at `;` and commands into words at blanks; a backslash makes the next
/// character plain.
fn split(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![vec![]];
    let mut word = String::new();
    let mut chars = line.chars();
    let end = |commands: &mut Vec<Vec<String>>, word: &mut String| {
        if !word.is_empty()
            && let Some(command) = commands.last_mut()
        {
            command.push(std::mem::take(word));
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '\\' => word.extend(chars.next()),
            ';' => {
                end(&mut commands, &mut word);
                commands.push(vec![]);
            }
            c if c.is_whitespace() => end(&mut commands, &mut word),
            c => word.push(c),
        }
    }
    end(&mut commands, &mut word);
    commands.retain(|command| !command.is_empty());
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_semicolons_and_backslashes_protect() {
        let words = |line| {
            split(line)
                .into_iter()
                .map(|c| c.join("|"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            words("set weight a/b 1; get weight a/b"),
            ["set|weight|a/b|1", "get|weight|a/b"]
        );
        assert_eq!(words(r"get weight a\;b/c\ d ;"), ["get|weight|a;b/c d"]);
        assert_eq!(words(""), [""; 0]);
    }
}
