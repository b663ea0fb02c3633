//! What a colour stands for. Panes name roles and never colours.

use ratatui::style::Modifier;

macro_rules! roles {
    ($($variant:ident $name:literal $plain:expr, $what:literal;)*) => {
        /// What a colour stands for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $(#[doc = $what] $variant,)*
        }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in a theme.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What makes it stand out where there are no colours.
            #[must_use]
            pub fn plain(self) -> Modifier {
                match self { $(Self::$variant => $plain,)* }
            }
        }
    };
}

const NONE: Modifier = Modifier::empty();
const BOLD: Modifier = Modifier::BOLD;
const REVERSED: Modifier = Modifier::REVERSED;
const LOUD: Modifier = Modifier::BOLD.union(Modifier::REVERSED);
const UNDERLINED: Modifier = Modifier::UNDERLINED;
const DIM: Modifier = Modifier::DIM;

roles! {
    Background "background" NONE, "The whole screen; its colours are the base of all others.";
    Text "text" NONE, "Ordinary text.";
    Dim "dim" DIM, "Less important text, labels, units.";
    Border "border" NONE, "The frame of a pane.";
    BorderFocus "border_focus" BOLD, "The frame of the pane that has the keys.";
    Title "title" BOLD, "The title of a pane.";
    Header "header" BOLD, "The line on top.";
    Selection "selection" REVERSED, "The line under the cursor.";
    Match "match" UNDERLINED, "What the filter found.";
    Ok "ok" NONE, "Well.";
    Progress "progress" NONE, "Under way.";
    Attention "attention" BOLD, "Someone has to look.";
    Critical "critical" LOUD, "Bad, now.";
    Unknown "unknown" UNDERLINED, "Not known; never drawn as good.";
    Stale "stale" DIM, "Old data that stays on the screen.";
    Error "error" BOLD, "What went wrong.";
    Candidate "candidate" BOLD, "The new side.";
    Stable "stable" NONE, "The old side.";
    Production "production" LOUD, "Mistakes here are seen by customers.";
    Key "key" BOLD, "A key that works now.";
    KeyDisabled "key_disabled" DIM, "A key that would be refused now.";
    Banner "banner" REVERSED, "A sentence across the screen: DEMO, REPLAY, read-only, a hold.";
    Chart "chart" NONE, "A sparkline or bar.";
}

impl Role {
    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }
}
