//! The mouse: switched on and off, and read in its one modern form (SGR). Only presses and the wheel are
//! asked for, never movements.

/// Switches it on.
pub(super) const ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
/// Switches it off; does nothing where it is off.
pub(super) const OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// Columns and lines beyond this are nobody's screen.
const FAR: u32 = 10_000;

/// What was done with the mouse, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub kind: MouseKind,
    /// The column, from 0.
    pub column: u16,
    /// The line, from 0.
    pub row: u16,
}

/// What can be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button was pressed.
    Click,
    /// The wheel was turned away.
    WheelUp,
    /// The wheel was turned towards oneself.
    WheelDown,
}

/// What stands between `ESC [ <` and the final byte, if it is anything of ours.
pub(super) fn read(parameters: &str, pressed: bool) -> Option<Mouse> {
    // shift, alt and ctrl do not matter; a movement is none of the three
    const MODIFIERS: u32 = 4 | 8 | 16;
    let mut numbers = parameters.split(';').map(|field| field.parse::<u32>().ok());
    let (button, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
    if numbers.next().is_some() || !pressed {
        return None;
    }
    let kind = match button & !MODIFIERS {
        0 => MouseKind::Click,
        64 => MouseKind::WheelUp,
        65 => MouseKind::WheelDown,
        _ => return None,
    };
    let cell = |from_one: u32| {
        let at = from_one.checked_sub(1).filter(|at| *at < FAR)?;
        u16::try_from(at).ok()
    };
    Some(Mouse { kind, column: cell(column)?, row: cell(row)? })
}
