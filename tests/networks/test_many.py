"""Several first weights of one network are trained side by side as each is alone."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from autograder.networks.many import ManyTrainer
from autograder.networks.training import Trainer
from tests.support.nets import X, Y, conv, network
from tests.support.training import compiled

BATCH = X[:, :16, :16], Y[:, :16, :16]


def net():
    return network(conv(4, strides=2, activation="relu"), keras.layers.UpSampling2D())


def test_side_by_side_each_is_trained_as_it_is_alone():
    starts, alone = [], []
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        starts.append(net().get_weights())
    many = ManyTrainer(net(), *BATCH, starts)
    sums = many.run(4)
    for start in starts:
        trainer = Trainer(net(), *BATCH)
        trainer.start_again(start)
        alone.append((trainer.run(4), trainer.run(1)[0], trainer.model.get_weights()))
    np.testing.assert_allclose(sums, np.sum([losses for losses, _, _ in alone], axis=0), rtol=1e-3)
    np.testing.assert_allclose(many.each_loss(), [after for _, after, _ in alone], rtol=1e-3)
    many.run(1)
    for found, (_, _, wanted) in zip(many.weights(), alone, strict=True):
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-3)


def test_what_cannot_be_trained_side_by_side_is_an_error():
    no_chain = network(conv(4), keras.layers.BatchNormalization())
    with pytest.raises(ValueError, match="side by side"):
        ManyTrainer(no_chain, *BATCH, [[np.array(v) for v in no_chain.trainable_variables]])
    by_array = compiled(net(), keras.optimizers.SGD(clipnorm=1.0))
    with pytest.raises(ValueError, match="side by side"):
        ManyTrainer(by_array, *BATCH, [by_array.get_weights()])
