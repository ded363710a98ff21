"""How the model that tells answers, holding replies and promises apart is trained and measured."""
