//! Everything a key can mean. The one table that help, footer, README and the configuration come from.

/// Where an action stands in the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Going about.
    Move,
    /// What is shown, and how.
    Show,
    /// What leaves the screen, and what changes a target.
    Act,
    /// Where a replay is.
    Replay,
    /// The program itself.
    Program,
}

impl Group {
    /// All groups, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Move, Self::Show, Self::Act, Self::Replay, Self::Program];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Show => "Show",
            Self::Act => "Act",
            Self::Replay => "Replay",
            Self::Program => "Program",
        }
    }
}

macro_rules! actions {
    ($($group:ident / $mutates:literal { $($variant:ident $name:literal [$($key:literal),*] $what:literal;)* })*) => {
        /// What a key means.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[doc = $what] $variant,)*)*
        }

        impl Action {
            /// Every action, in the order of the help.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// Its name in the configuration.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name,)*)* }
            }

            /// What it does, for the help.
            #[must_use]
            pub fn what(self) -> &'static str {
                match self { $($(Self::$variant => $what,)*)* }
            }

            /// Where it stands in the help.
            #[must_use]
            pub fn group(self) -> Group {
                match self { $($(Self::$variant => Group::$group,)*)* }
            }

            /// Whether it leads to a change of the world (through a confirmation).
            #[must_use]
            pub fn mutates(self) -> bool {
                match self { $($(Self::$variant => $mutates,)*)* }
            }

            /// The keys it has unless it is rebound.
            #[must_use]
            pub fn default_keys(self) -> &'static [&'static str] {
                match self { $($(Self::$variant => &[$($key),*],)*)* }
            }
        }
    };
}

actions! {
    Move / false {
        Down "down" ["j", "down"] "move down";
        Up "up" ["k", "up"] "move up";
        First "first" ["g", "home"] "go to the first";
        Last "last" ["G", "end"] "go to the last";
        HalfPageDown "half-page-down" ["ctrl-d"] "scroll half a page down";
        HalfPageUp "half-page-up" ["ctrl-u"] "scroll half a page up";
        PageDown "page-down" ["pagedown"] "scroll a page down";
        PageUp "page-up" ["pageup"] "scroll a page up";
        PaneLeft "pane-left" ["h", "left"] "go to the pane on the left";
        PaneRight "pane-right" ["l", "right"] "go to the pane on the right";
        NextPane "next-pane" ["tab"] "go to the next pane";
        PrevPane "prev-pane" ["shift-tab"] "go to the previous pane";
        Pane1 "pane-1" ["1"] "go to pane 1";
        Pane2 "pane-2" ["2"] "go to pane 2";
        Pane3 "pane-3" ["3"] "go to pane 3";
        Pane4 "pane-4" ["4"] "go to pane 4";
        Pane5 "pane-5" ["5"] "go to pane 5";
        Pane6 "pane-6" ["6"] "go to pane 6";
        Pane7 "pane-7" ["7"] "go to pane 7";
        Pane8 "pane-8" ["8"] "go to pane 8";
        Pane9 "pane-9" ["9"] "go to pane 9";
        Open "open" ["enter"] "open or fold what is selected";
        Back "back" ["esc"] "go back or cancel; never acts";
    }
    Show / false {
        Filter "filter" ["/"] "filter the list";
        Next "next" ["n"] "go to the next match";
        Previous "previous" ["N"] "go to the previous match";
        Command "command" [":"] "type a command";
        Palette "palette" ["ctrl-p"] "choose from all commands";
        GroupBy "group" ["v"] "group by state, environment …";
        Sort "sort" ["V"] "worst first, or as configured";
        Fold "fold" ["-"] "fold or unfold all groups";
        Matrix "matrix" ["t"] "compare the environments";
        Zoom "zoom" ["z"] "show this pane alone";
        Theme "theme" ["T"] "try themes on";
        Inbox "inbox" ["i"] "everything that waits for you";
        Log "log" ["e"] "search the log of events";
        JobLog "job-log" ["L"] "read the log of a job";
        Wrap "wrap" ["w"] "in a job's log: wrap lines";
        Save "save" ["s"] "in a job's log: save it";
        HoldPicture "hold-picture" ["f"] "hold the picture, or go on";
        Refresh "refresh" ["r"] "ask the source of this pane again";
        RefreshAll "refresh-all" ["R"] "ask every source again";
        Mark "mark" ["space"] "mark several for P, F, B and H";
        OpenBrowser "open-browser" ["o"] "open in the browser";
        CopyId "copy-id" ["y"] "copy the id or address";
        CopyCommand "copy-command" ["Y"] "copy the shell command for this";
    }
    Act / true {
        Promote "promote" ["P"] "promote to the next step";
        PromoteFull "promote-full" ["F"] "promote to 100 %";
        PauseResume "pause-resume" ["S"] "pause or resume";
        Rollback "rollback" ["B"] "roll back";
        HoldRelease "hold-release" ["H"] "hold or release";
        Approve "approve" ["A"] "let what waits go on";
        Reject "reject" ["X"] "end what waits";
    }
    Act / false {
        Dispatch "dispatch" ["D"] "start a workflow, with a form";
        KeepRelease "keep-release" ["K"] "hold an automatic rollback";
        RollBackNow "roll-back-now" ["ctrl-y"] "do an announced rollback now";
        Actions "actions" ["a"] "list what can be done here";
    }
    Replay / false {
        ReplayPause "replay-pause" ["p"] "replay: pause or go on";
        ReplayForward "replay-forward" ["."] "replay: one event forward";
        ReplayBack "replay-back" [","] "replay: one event back";
        ReplayFaster "replay-faster" [">"] "replay: twice as fast";
        ReplaySlower "replay-slower" ["<"] "replay: half as fast";
        ReplayNextChange "replay-next-change" ["]"] "replay: to the next change";
        ReplayPreviousChange "replay-previous-change" ["["] "replay: to the change before";
        ReplayNextAlert "replay-next-alert" ["}"] "replay: to the next alert";
        ReplayStart "replay-start" ["^"] "replay: to its beginning";
        ReplayEnd "replay-end" ["$"] "replay: to its end";
    }
    Program / false {
        Help "help" ["?"] "show the keys";
        ReadOnly "read-only" ["W"] "refuse all actions, or no more";
        Redraw "redraw" ["ctrl-l"] "draw the screen anew";
        Suspend "suspend" ["ctrl-z"] "go to the shell; fg comes back";
        Interrupt "interrupt" ["ctrl-c"] "cancel or quit";
        Quit "quit" ["q"] "quit; asks while an action is in flight";
    }
}

impl Action {
    /// The action of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// Which pane it goes to, from 1.
    #[must_use]
    pub fn pane(self) -> Option<usize> {
        let digit = self.name().strip_prefix("pane-")?;
        digit.parse().ok()
    }
}
