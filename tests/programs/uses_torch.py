"""A training step on torch's own threads, and one that keeps a tensor of each."""

import torch

torch.set_num_threads(2)
model = torch.nn.Sequential(torch.nn.Linear(256, 256), torch.nn.ReLU(), torch.nn.Linear(256, 1))
optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
losses = []
rows = []


class History:
    """One tensor, which becomes longer."""

    seen = torch.empty(0, 1024)


def step():
    optimiser.zero_grad()
    loss = model(torch.ones(512, 256)).square().mean()
    loss.backward()
    optimiser.step()
    return loss


def keep_losses():
    losses.append(step())


def keep_rows():
    """Keep 1 KiB of a batch, and with it all of its 64 KiB."""
    rows.append(torch.ones(64, 256)[0])


def lengthen():
    """Keep 4 KiB more of one tensor."""
    History.seen = torch.cat([History.seen, torch.ones(1, 1024)])
