"""The way back: some older states of a run, from which every step of it can be made again."""
from core.training import State

MOST = 24  # states kept; each is as large as the network, or three times that

History = tuple[State, ...]  # oldest first


def remember(history: History, state: State) -> History:
    """The history with one more state; when there are too many, those long ago are kept at wider distances."""
    kept = [older for older in history if older.step < state.step] + [state]
    if len(kept) > MOST:
        spare = min(range(1, len(kept) - 1), key=lambda i: _gap(kept, i) / (state.step - kept[i].step))
        del kept[spare]
    return tuple(kept)


def _gap(kept: list[State], index: int) -> int:
    """Steps between its neighbours: how far the way would be without it."""
    return kept[index + 1].step - kept[index - 1].step


def back_to(history: History, step: int) -> tuple[State, int]:
    """The latest state that is not after `step`, and how many steps lead from it there, to the bit."""
    if not history or step < history[0].step:
        first = history[0].step if history else 0
        raise ValueError(f"this run can go back to step {first} at most, not to {step}")
    state = max((older for older in history if older.step <= step), key=lambda older: older.step)
    return state, step - state.step
