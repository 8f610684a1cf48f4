"""The peer: the same workloads as a plain PyTorch loop. Started by main.ts, which sends one job a line (JSON) and reads one answer a line."""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Mlp(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        widths = [inputs, *hidden]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
        self.output = nn.Linear(widths[-1], outputs)

    def forward(self, x):
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.output(x)


class Cnn(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.hidden1 = nn.Linear(64 * 8 * 8, 128)
        self.output = nn.Linear(128, outputs)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.output(F.relu(self.hidden1(x.flatten(1))))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.norm_shortcut = nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return F.relu(y + (x if self.shortcut is None else self.norm_shortcut(self.shortcut(x))))


class Resnet18(nn.Module):
    def __init__(self, filters, outputs):
        super().__init__()
        self.stem = nn.Conv2d(3, filters, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(filters)
        blocks, inputs = [], filters
        for stage in range(4):
            for i in range(2):
                width = filters * 2**stage
                blocks.append(Block(inputs, width, 2 if stage > 0 and i == 0 else 1))
                inputs = width
        self.blocks = nn.Sequential(*blocks)
        self.output = nn.Linear(inputs, outputs)

    def forward(self, x):
        x = self.blocks(F.relu(self.norm(self.stem(x))))
        return self.output(x.mean((2, 3)))


def make_network(name):
    if name == "mlp":
        return Mlp(784, [400, 400], 10)
    return Cnn(10) if name == "cnn" else Resnet18(20, 10)


def load_parameters(network, arrays):
    """Copies the other side's initial parameters, so that both compute the same thing: linear weights come as [in, out]."""

    def put(layer, name):
        weight = arrays[f"{name}/weight"]
        if isinstance(layer, nn.Linear):
            if name == "hidden1" and weight.shape[0] == 4096:
                # There the maps are flattened as height × width × channels, here as channels × height × width.
                weight = weight.reshape(8, 8, 64, -1).permute(2, 0, 1, 3).reshape(4096, -1)
            weight = weight.t()
        layer.weight.data.copy_(weight)
        if layer.bias is not None:
            layer.bias.data.copy_(arrays[f"{name}/bias"])

    if isinstance(network, Mlp):
        for i, layer in enumerate(network.hidden):
            put(layer, f"hidden{i + 1}")
    elif isinstance(network, Cnn):
        for name in ("conv1", "conv2", "hidden1"):
            put(getattr(network, name), name)
    else:
        put(network.stem, "stem")
        for i, block in enumerate(network.blocks):
            name = f"stage{i // 2 + 1}/block{i % 2 + 1}"
            put(block.conv1, f"{name}/conv1")
            put(block.conv2, f"{name}/conv2")
            if block.shortcut is not None:
                put(block.shortcut, f"{name}/shortcut")
    put(network.output, "output")


def read_array(entry, dtype=torch.float32):
    size = 1
    for extent in entry["shape"]:
        size *= extent
    return torch.from_file(entry["path"], size=size, dtype=dtype).reshape(entry["shape"])


def read_images(entry, network):
    """Images come as rows × height × width × channels."""
    x = read_array(entry)
    if network != "mlp":
        x = x.reshape(-1, 32, 32, 3).permute(0, 3, 1, 2)
    return x.contiguous()


def fastest(candidates, seconds_of):
    """What to take where PyTorch leaves a choice: whatever is fastest here."""
    return min(candidates, key=lambda candidate: min(seconds_of(candidate) for _ in range(3)))


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


class Loop:
    """A network with its optimiser, stepping on batches."""

    def __init__(self, job, fused=False):
        torch.manual_seed(1)
        self.network = make_network(job["network"])
        arrays = {entry["name"]: read_array(entry) for entry in job["parameters"]}
        load_parameters(self.network, arrays)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=job["rate"], fused=fused)

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.network(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def evaluate(self, x, y, tasks, chunk):
        """Accuracy and mean loss of each task, whose rows lie one task after the other: one forward pass over all, in chunks that fit the cache."""
        self.network.eval()
        with torch.no_grad():
            logits = torch.cat([self.network(part) for part in x.split(chunk)])
            losses = F.cross_entropy(logits, y, reduction="none").reshape(tasks, -1).mean(1)
            right = (logits.argmax(1) == y).float().reshape(tasks, -1).mean(1)
            result = right.tolist(), losses.tolist()
        self.network.train()
        return result


def choose_fused(job, x, y):
    def seconds(fused):
        loop = Loop(job, fused)
        loop.step(x, y)
        return timed(lambda: [loop.step(x, y) for _ in range(3)])

    return fastest([False, True], seconds)


def choose_chunk(loop, x, y, tasks):
    sizes = sorted({len(x), 1000, 500, 250, 100, 50})
    return fastest([size for size in sizes if size <= len(x)], lambda size: timed(lambda: loop.evaluate(x, y, tasks, size)))


def prepare_step(job):
    x, y = read_images(job["x"], job["network"]), read_array(job["y"], torch.int32).long()
    fused = choose_fused(job, x, y)
    loop = Loop(job, fused)
    first = loop.step(x, y).item()

    def run():
        for _ in range(job["iterations"]):
            loop.step(x, y).item()

    return run, {"loss": first, "choice": f"fused={fused}"}


def prepare_evaluation(job):
    x, y = read_images(job["x"], job["network"]), read_array(job["y"], torch.int32).long()
    loop = Loop(job)
    chunk = choose_chunk(loop, x, y, job["tasks"])
    _, losses = loop.evaluate(x, y, job["tasks"], chunk)
    return lambda: loop.evaluate(x, y, job["tasks"], chunk), {"loss": losses[0], "choice": f"chunk={chunk}"}


def prepare_stream(job):
    """Experience replay: batches of new rows and rows of a reservoir, evaluated on every task so far after every update."""
    name, size, tasks = job["network"], job["batch"], job["tasks"]
    train = [read_images(entry, name) for entry in job["train"]]
    labels = [read_array(entry, torch.int32).long() for entry in job["labels"]]
    x, y = read_images(job["x"], name), read_array(job["y"], torch.int32).long()
    rows = len(x) // tasks
    fused = choose_fused(job, train[0][: 2 * size], labels[0][: 2 * size])
    chunk = choose_chunk(Loop(job), x[: 3 * rows], y[: 3 * rows], 3)

    def run():
        loop = Loop(job, fused)
        memory_x, memory_y, seen = torch.empty(job["memory"], *x.shape[1:]), torch.empty(job["memory"], dtype=torch.long), 0
        for task in range(tasks):
            for start in range(0, len(train[task]), size):
                new_x, new_y = train[task][start : start + size], labels[task][start : start + size]
                held = min(seen, job["memory"])
                drawn = torch.randperm(held)[:size]
                loop.step(torch.cat([new_x, memory_x[drawn]]), torch.cat([new_y, memory_y[drawn]])).item()
                for i in range(len(new_x)):
                    slot = seen if seen < job["memory"] else int(torch.randint(seen + 1, ()))
                    seen += 1
                    if slot < job["memory"]:
                        memory_x[slot], memory_y[slot] = new_x[i], new_y[i]
                end = (task + 1) * rows
                loop.evaluate(x[:end], y[:end], task + 1, chunk)

    _, losses = Loop(job).evaluate(x, y, tasks, chunk)
    return run, {"loss": losses[0], "choice": f"fused={fused}, chunk={chunk}"}


def main():
    kinds = {"step": prepare_step, "evaluation": prepare_evaluation, "stream": prepare_stream}
    print(json.dumps({"version": torch.__version__}), flush=True)
    run = None
    for line in sys.stdin:
        job = json.loads(line)
        if job["kind"] == "run":
            answer = {"seconds": timed(run)}
        else:
            torch.set_num_threads(job["threads"])
            torch.set_flush_denormal(True)
            run, answer = kinds[job["kind"]](job)
            run()
        print(json.dumps(answer), flush=True)


main()
