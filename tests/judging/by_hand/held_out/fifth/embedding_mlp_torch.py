import torch

g = torch.Generator().manual_seed(42)
B, K, H, V = 6, 4, 5, 7
emb = torch.randn(B, K, generator=g, dtype=torch.float64)
W1 = torch.randn(K, H, generator=g, dtype=torch.float64)
b1 = torch.randn(H, generator=g, dtype=torch.float64)
W2 = torch.randn(H, V, generator=g, dtype=torch.float64)
Y = torch.tensor([0, 3, 6, 2, 2, 5])

hpre = emb @ W1 + b1
h = torch.tanh(hpre)
logits = h @ W2
logit_max = logits.max(1, keepdim=True).values
norm_logits = logits - logit_max
counts = norm_logits.exp()
counts_sum = counts.sum(1, keepdim=True)
counts_sum_inv = counts_sum ** -1
probs = counts * counts_sum_inv
logprobs = probs.log()
loss = -logprobs[range(B), Y].mean()

dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(B), Y] = -1.0 / B
dprobs = (1.0 / probs) * dlogprobs
dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
dcounts = counts_sum_inv * dprobs
dcounts_sum = (-counts_sum ** -2) * dcounts_sum_inv
dcounts += torch.ones_like(counts) * dcounts_sum
dnorm_logits = counts * dcounts
dlogits = dnorm_logits.clone()
dlogit_max = (-dnorm_logits).sum(1, keepdim=True)
dlogits[range(B), logits.argmax(1)] += dlogit_max.squeeze(1)
dh = dlogits @ W2.t()
dW2 = h.t() @ dlogits
dhpre = (1 - h * h) * dh
demb = dhpre @ W1.t()
dW1 = emb.t() @ dhpre
db1 = dhpre.sum(0)
print("loss", loss.item())
print("db1", db1)
