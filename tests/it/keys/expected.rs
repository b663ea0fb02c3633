//! What each action's key should show, by action. One that is not here has no test, and fails.

use flightdeck::tui::keymap::{Action, Group};

/// Where a key is pressed.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The selected target, by its place in the list, -1 for the last; none: the good release's.
    pub target: Option<isize>,
    /// The pane that has the keys.
    pub pane: u8,
}

impl Default for Place {
    fn default() -> Self {
        Self { target: None, pane: 1 }
    }
}

/// What a key should show.
#[derive(Debug)]
pub enum Seen {
    /// One of these texts.
    Text(&'static [&'static str]),
    /// Not this text any more.
    NoText(&'static str),
    /// This pane has the keys.
    Focus(u8),
    /// This target is selected, by its place in the list, -1 for the last.
    Target(isize),
    /// The header was written once more than in these bytes.
    Repainted(Vec<u8>),
    /// Another target is selected than the one where the key was pressed.
    Elsewhere,
    /// Nothing: this pane still has the keys, and nothing is open.
    Nothing(u8),
}

/// A key's test.
#[derive(Debug)]
pub struct Case {
    /// Where it is pressed.
    pub place: Place,
    /// What it should show.
    pub seen: Seen,
    /// The keys that lead back, none when there is nothing to lead back from.
    pub undo: &'static str,
    /// What they should show.
    pub after: Seen,
}

/// The test of an action's keys.
pub fn expected(action: Action, log: impl FnOnce() -> Vec<u8>) -> Case {
    let at = |target, pane| Place { target: Some(target), pane };
    let here = Place::default();
    let stays = |place, seen| Case { place, seen, undo: "", after: Seen::Nothing(1) };
    let opens = |text: &'static [&'static str], gone| Case {
        place: here,
        seen: Seen::Text(text),
        undo: "esc",
        after: Seen::NoText(gone),
    };
    match action {
        replay if replay.group() == Group::Replay => stays(here, Seen::Text(&["only in a replay"])),
        Action::Down => stays(at(0, 1), Seen::Target(1)),
        Action::Up => stays(at(1, 1), Seen::Target(0)),
        Action::First => stays(at(-1, 1), Seen::Target(0)),
        Action::Last => stays(at(0, 1), Seen::Target(-1)),
        Action::HalfPageUp | Action::PageUp => stays(at(-1, 1), Seen::Elsewhere),
        Action::HalfPageDown | Action::PageDown => stays(at(0, 1), Seen::Elsewhere),
        // past the ends of the list it goes round
        Action::Next => stays(at(-1, 1), Seen::Target(0)),
        Action::Previous => stays(at(0, 1), Seen::Target(-1)),
        Action::PaneLeft => stays(at(0, 2), Seen::Focus(1)),
        Action::PaneRight | Action::NextPane => stays(here, Seen::Focus(2)),
        Action::PrevPane => stays(here, Seen::Focus(7)),
        Action::Pane1 => stays(at(0, 2), Seen::Focus(1)),
        Action::Pane2 => stays(here, Seen::Focus(2)),
        Action::Pane3 => stays(here, Seen::Focus(3)),
        Action::Pane4 => stays(here, Seen::Focus(4)),
        Action::Pane5 => stays(here, Seen::Focus(5)),
        Action::Pane6 => stays(here, Seen::Focus(6)),
        Action::Pane7 => stays(here, Seen::Focus(7)),
        Action::Pane8 | Action::Pane9 => stays(here, Seen::Nothing(1)),
        Action::Open => opens(&["esc back"], "esc back"),
        Action::Back => stays(at(0, 3), Seen::Focus(1)),
        Action::Filter => opens(&["Enter keep   Esc clear"], "Esc clear"),
        Action::Command => opens(&["command: "], "command: "),
        Action::Palette => opens(&["palette: "], "palette: "),
        Action::Zoom => Case {
            place: here,
            seen: Seen::NoText("3 Metrics"),
            undo: "z",
            after: Seen::Text(&["3 Metrics"]),
        },
        Action::Inbox => opens(&["─ Inbox, "], "─ Inbox"),
        Action::Log => opens(&["─ Log, newest first"], "─ Log"),
        Action::JobLog => stays(here, Seen::Text(&["no failed job here"])),
        Action::Wrap | Action::Save => stays(here, Seen::Text(&["only in the log of a job"])),
        Action::HoldPicture => Case {
            place: here,
            seen: Seen::Text(&["PICTURE HELD"]),
            undo: "f",
            after: Seen::NoText("PICTURE HELD"),
        },
        Action::Refresh => {
            stays(Place { pane: 6, ..here }, Seen::Text(&["asking alertmanager.main again"]))
        }
        Action::RefreshAll => stays(here, Seen::Text(&["asking every source again"])),
        Action::Mark => Case {
            place: here,
            seen: Seen::Text(&["*1 marked"]),
            undo: "space",
            after: Seen::NoText("marked"),
        },
        Action::GroupBy => Case {
            place: here,
            seen: Seen::Text(&["Targets by state"]),
            undo: "v v v",
            after: Seen::NoText("Targets by"),
        },
        Action::Sort => Case {
            place: here,
            seen: Seen::Text(&["Targets, worst first"]),
            undo: "V",
            after: Seen::NoText("worst first"),
        },
        Action::Fold => Case {
            place: here,
            seen: Seen::NoText("│   staging"),
            undo: "-",
            after: Seen::Text(&["│   staging"]),
        },
        Action::Matrix => opens(&["environments side by side"], "side by side"),
        Action::Theme => opens(&["┌ themes"], "┌ themes"),
        Action::OpenBrowser => {
            stays(here, Seen::Text(&["https://grafana.acme.example/d/checkout"]))
        }
        Action::CopyId => stays(here, Seen::Text(&["copied checkout/production"])),
        Action::CopyCommand => {
            stays(here, Seen::Text(&["copied flightdeck status checkout/production"]))
        }
        Action::Promote => opens(&["┌ promote?", "┌ refused: promote"], "Esc c"),
        Action::PromoteFull => {
            opens(&["┌ promote to 100 %?", "┌ refused: promote to 100 %"], "Esc c")
        }
        Action::PauseResume => opens(&["┌ pause?"], "Esc c"),
        Action::Rollback => opens(&["┌ roll back?"], "Esc c"),
        Action::HoldRelease => opens(&["┌ hold?"], "Esc c"),
        Action::Approve => opens(&["┌ approve?", "┌ refused: approve"], "Esc c"),
        Action::Reject => opens(&["┌ reject?", "┌ refused: reject"], "Esc c"),
        Action::KeepRelease | Action::RollBackNow => {
            stays(here, Seen::Text(&["no automatic rollback is announced"]))
        }
        Action::Dispatch => opens(&["┌ start a workflow"], "┌ start a workflow"),
        Action::Actions => opens(&["┌ actions"], "┌ actions"),
        Action::Help => opens(&["┌ keys"], "┌ keys"),
        Action::ReadOnly => Case {
            place: here,
            seen: Seen::Text(&["READ-ONLY"]),
            undo: "W",
            after: Seen::NoText("READ-ONLY"),
        },
        Action::Redraw => stays(here, Seen::Repainted(log())),
        other => panic!("nobody says what {other:?} should show"),
    }
}
