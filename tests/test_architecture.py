"""What keeps the project readable: dependencies point one way, one place caches, and nothing grows without end."""
import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCREEN = {"streamlit", "plotly", "matplotlib"}
INTERNET = {"requests", "httpx", "aiohttp", "urllib", "http", "socketserver"}
# place -> what nothing in it may import
FORBIDDEN = {
    "app.py": {"core", "torch", "tests", *INTERNET},
    "pages": {"torch", "captum", "safetensors", "app", "tests", *INTERNET},
    "pages/shared/figures.py": {"streamlit", "torch", "core", "pages"},
    "core": {"pages", "app", "tests", *SCREEN, *INTERNET},
    "core/ops.py": {"torch", "core"},
}
BOOT = ROOT / "pages/shared/boot.py"  # tells torch how many threads to take
SOURCES = sorted([ROOT / "app.py", *(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MODULES = {"pillow": "PIL", "scikit-image": "skimage", "scikit-learn": "sklearn"}  # where they are called otherwise
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CACHING = ("pages/shared/cached.py", "pages/shared/cached_codes.py")  # the second goes on where the first ends
CACHES = {"cache", "cache_data", "cache_resource", "lru_cache", "cached_property"}
SHARED_CHOICES = {"picture", "network", "training", "fit"}
WIDGETS = {
    *("button", "camera_input", "checkbox", "data_editor", "download_button", "file_uploader", "multiselect"),
    *("number_input", "pills", "plotly_chart", "radio", "segmented_control", "select_slider", "selectbox", "slider"),
    *("text_area", "text_input", "toggle"),
}


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def tree(path):
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imports(path):
    """Full names of all modules that a file imports, also inside functions."""
    for node in tree(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports from '.'; say from where"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("place", FORBIDDEN)
def test_imports_point_inwards(place):
    target = ROOT / place
    for path in [target] if target.is_file() else set(target.rglob("*.py")) - {BOOT}:
        tops = {module.split(".")[0] for module in imports(path)}
        assert tops.isdisjoint(FORBIDDEN[place]), f"{name_of(path)} imports {tops & FORBIDDEN[place]}"


def test_no_page_is_imported_and_what_pages_share_knows_none_of_them():
    pages = {f"pages.{path.stem}" for path in (ROOT / "pages").glob("*.py")}
    for path in SOURCES + TESTS:
        assert not {module for module in imports(path) if module.startswith(tuple(pages))}, name_of(path)


def test_core_and_pages_import_only_what_is_installed_for_them():
    required = re.findall(r"^[\w-]+", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    modules = {MODULES.get(name, name.replace("-", "_")) for name in required}
    modules |= {"scipy", "pandas", "threadpoolctl"}  # scikit-learn and streamlit bring them
    for path in SOURCES:
        others = {module.split(".")[0] for module in imports(path)} - {"core", "pages", *sys.stdlib_module_names}
        assert others <= modules, f"{name_of(path)} imports {others - modules}"


def test_only_one_place_caches():
    for path in SOURCES:
        used = {node.attr for node in tree(path) if isinstance(node, ast.Attribute)} | {
            module.split(".")[-1] for module in imports(path)
        }
        assert name_of(path) in CACHING or used.isdisjoint(CACHES), name_of(path)


def keys(path):
    """Every key that a file gives a widget, or looks up in the session."""
    for node in tree(path):
        if isinstance(node, ast.keyword) and node.arg == "key" and isinstance(node.value, ast.Constant):
            yield node.value.value
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("session_state"):
            yield ast.literal_eval(node.slice) if isinstance(node.slice, ast.Constant) else None


def test_only_the_shell_touches_shared_choices():
    for path in (ROOT / "pages").rglob("*.py"):
        assert path.name == "shell.py" or SHARED_CHOICES.isdisjoint(keys(path)), name_of(path)
    assert set(keys(ROOT / "pages" / "shared" / "shell.py")) >= SHARED_CHOICES


def test_every_widget_and_chart_has_a_key():
    for path in (ROOT / "pages").rglob("*.py"):
        for node in tree(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WIDGETS:
                given = {keyword.arg for keyword in node.keywords}
                assert "key" in given, f"{name_of(path)}, line {node.lineno}: {node.func.attr} has no key"


def test_nothing_is_unpickled_but_weights_that_are_pinned():
    for path in SOURCES:
        for node in tree(path):
            called = ast.unparse(node) if isinstance(node, ast.Call) else ""
            assert not re.match(r"(pickle|joblib)\.|np\.load\(.*allow_pickle", called), name_of(path)
            if called.startswith("torch.load("):
                assert name_of(path) == "core/zoo.py"
                assert "weights_only=True" in called


def test_no_exception_is_caught_unnamed():
    for path in SOURCES:
        caught = [ast.unparse(node.type or node) for node in tree(path) if isinstance(node, ast.ExceptHandler)]
        assert not {"Exception", "BaseException"} & set(caught), name_of(path)
        assert not any(name.startswith("except:") for name in caught), name_of(path)


def test_nothing_needs_the_workplace_it_was_made_in():
    elsewhere = re.compile(r"/work/|\.\./shared|/tmp/")
    for path in SOURCES + TESTS + sorted((ROOT / "assets").rglob("*.[jmc]*")):
        if path != Path(__file__).resolve() and path.suffix in (".py", ".js", ".css", ".md"):
            found = elsewhere.search(path.read_text(encoding="utf-8"))
            assert not found, f"{name_of(path)}: {found}"


def test_files_and_functions_stay_short():
    for path in SOURCES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= (110 if path.parent == ROOT / "pages" else 250), f"{name_of(path)} has {lines} lines"
    for path in SOURCES + TESTS:
        for node in tree(path):
            if isinstance(node, FUNCTIONS):
                lines = node.end_lineno - node.lineno + 1
                assert lines <= 45, f"{name_of(path)}: {node.name} has {lines} lines"


def test_everything_public_in_core_says_what_it_does():
    for path in (ROOT / "core").rglob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        public = [node for node in module.body if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node.name[0] != "_"]
        for node in [module, *public]:
            assert ast.get_docstring(node), f"{name_of(path)}: {getattr(node, 'name', 'the file')} has no docstring"
