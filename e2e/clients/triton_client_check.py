#!/usr/bin/env python3
"""Checks an inference server with NVIDIA's own Python client: metadata, config, index, statistics, inference with raw and
typed contents and with system shared memory, load and unload, and the codes of wrong requests.

usage: triton_client_check.py HOST:PORT MODEL      needs tritonclient[grpc] and numpy

MODEL must have one input (an open dimension is taken as 1) and numeric outputs. Every way
to infer must give the same bits. Prints one line and exits 0 when all is well; exits 1 at the first difference.
"""
import os
import sys

import grpc
import numpy as np
import tritonclient.grpc as triton
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import InferenceServerException, triton_to_np_dtype
from tritonclient.utils import shared_memory

TYPED = {
    "FP32": "fp32_contents", "FP64": "fp64_contents", "INT32": "int_contents", "INT64": "int64_contents",
    "UINT8": "uint_contents", "BOOL": "bool_contents",
}


def require(condition, what):
    if not condition:
        sys.exit(f"triton_client_check: {what}")


def refused(code, call, what):
    try:
        call()
    except InferenceServerException as e:
        require(e.status() == f"StatusCode.{code}", f"{what} gives {e.status()}, expected {code}: {e.message()}")
        return
    require(False, f"{what} is accepted")


class Check:
    def __init__(self, address, model):
        self.address, self.model = address, model
        self.client = triton.InferenceServerClient(address)
        metadata = self.client.get_model_metadata(model)
        require(len(metadata.inputs) == 1, f"{model} has {len(metadata.inputs)} inputs")
        self.spec = metadata.inputs[0]
        self.outputs = [o.name for o in metadata.outputs]
        self.shape = [max(d, 1) for d in self.spec.shape]
        self.data = np.random.default_rng(7).integers(0, 255, self.shape).astype(triton_to_np_dtype(self.spec.datatype))

    def server(self):
        c = self.client
        require(c.is_server_live() and c.is_server_ready() and c.is_model_ready(self.model), "not live and ready")
        require(c.get_server_metadata().name, "the server has no name")
        config = c.get_model_config(self.model).config
        require(config.name == self.model and config.input[0].name == self.spec.name, "the configuration is another one")
        index = {m.name: m.state for m in c.get_model_repository_index().models}
        require(index.get(self.model) == "READY", f"the index says {index}")

    def input(self, shape=None, datatype=None, name=None):
        return triton.InferInput(name or self.spec.name, shape or self.shape, datatype or self.spec.datatype)

    def raw_input(self):
        tensor = self.input()
        tensor.set_data_from_numpy(self.data)
        return tensor

    def raw(self):
        result = self.client.infer(self.model, [self.raw_input()], request_id="check-1")
        require(result.get_response().id == "check-1", "the request id is not echoed")
        self.expected = {o: result.as_numpy(o) for o in self.outputs}
        again = self.client.infer(self.model, [self.raw_input()], outputs=[triton.InferRequestedOutput(self.outputs[0])])
        require([o.name for o in again.get_response().outputs] == self.outputs[:1], "more outputs than asked for")
        self.same("raw", {self.outputs[0]: again.as_numpy(self.outputs[0])})

    def same(self, how, values):
        for name, value in values.items():
            require(np.array_equal(value, self.expected[name]), f"{how}: output {name} differs")

    def typed(self):
        if self.spec.datatype not in TYPED:
            return
        stub = service_pb2_grpc.GRPCInferenceServiceStub(grpc.insecure_channel(self.address))
        request = service_pb2.ModelInferRequest(model_name=self.model)
        tensor = request.inputs.add(name=self.spec.name, datatype=self.spec.datatype, shape=self.shape)
        getattr(tensor.contents, TYPED[self.spec.datatype]).extend(self.data.ravel().tolist())
        self.same("typed", self.decode(stub.ModelInfer(request)))

    def decode(self, response):
        return {
            o.name: np.frombuffer(raw, triton_to_np_dtype(o.datatype)).reshape(o.shape)
            for o, raw in zip(response.outputs, response.raw_output_contents)
        }

    def shared(self):
        first = self.outputs[0]
        expected = self.expected[first]
        room = max(expected.nbytes, 1)
        key = f"/framequota-check-{os.getpid()}"
        names = [f"check-{kind}-{os.getpid()}" for kind in ("in", "out")]
        regions = [
            shared_memory.create_shared_memory_region(names[0], key + "-in", self.data.nbytes),
            shared_memory.create_shared_memory_region(names[1], key + "-out", room),
        ]
        try:
            shared_memory.set_shared_memory_region(regions[0], [self.data])
            self.client.register_system_shared_memory(names[0], key + "-in", self.data.nbytes)
            self.client.register_system_shared_memory(names[1], key + "-out", room)
            known = self.client.get_system_shared_memory_status().regions
            require(all(n in known for n in names), "a registered region is not listed")
            tensor, output = self.input(), triton.InferRequestedOutput(first)
            tensor.set_shared_memory(names[0], self.data.nbytes)
            output.set_shared_memory(names[1], room)
            self.client.infer(self.model, [tensor], outputs=[output])
            found = shared_memory.get_contents_as_numpy(regions[1], expected.dtype, expected.shape)
            self.same("shared memory", {first: found})
            far = self.input()
            far.set_shared_memory(names[0], self.data.nbytes, offset=self.data.nbytes)
            refused("INVALID_ARGUMENT", lambda: self.client.infer(self.model, [far]), "an offset outside the region")
            for name in names:
                self.client.unregister_system_shared_memory(name)
            refused("NOT_FOUND", lambda: self.client.infer(self.model, [tensor]), "a region that is not registered")
        finally:
            for name in names:
                self.client.unregister_system_shared_memory(name)
            for region in regions:
                shared_memory.destroy_shared_memory_region(region)

    def packed(self):
        for algorithm in ("deflate", "gzip"):
            result = self.client.infer(self.model, [self.raw_input()], compression_algorithm=algorithm)
            self.same(algorithm, {o: result.as_numpy(o) for o in self.outputs})

    def large(self):
        # It does not fit the model: that this is said shows that the message was read.
        longer = np.zeros([1, (70 << 20) // self.data.itemsize], self.data.dtype)
        tensor = self.input(shape=list(longer.shape))
        tensor.set_data_from_numpy(longer)
        require(longer.nbytes > 64 << 20, "the message is no large one")
        refused("INVALID_ARGUMENT", lambda: self.client.infer(self.model, [tensor]), "a large message of another shape")

    def cut(self):
        if not self.client.get_server_metadata().name.startswith("framequota"):
            return  # Triton itself ends with a bus error.
        name, key = f"check-cut-{os.getpid()}", f"/framequota-check-{os.getpid()}-cut"
        region = shared_memory.create_shared_memory_region(name, key, self.data.nbytes)
        try:
            self.client.register_system_shared_memory(name, key, self.data.nbytes)
            os.truncate("/dev/shm" + key, 0)
            tensor = self.input()
            tensor.set_shared_memory(name, self.data.nbytes)
            refused("INVALID_ARGUMENT", lambda: self.client.infer(self.model, [tensor]), "memory that was cut short")
            require(self.client.is_server_live(), "the server ended")
        finally:
            self.client.unregister_system_shared_memory(name)
            shared_memory.destroy_shared_memory_region(region)

    def statistics(self):
        def count():
            stats = self.client.get_inference_statistics(self.model).model_stats[0]
            return stats.inference_stats.success.count, stats.inference_stats.compute_infer.ns
        before = count()
        self.client.infer(self.model, [self.raw_input()])
        after = count()
        require(after[0] == before[0] + 1 and after[1] > before[1], f"statistics went from {before} to {after}")

    def wrong(self):
        infer = self.client.infer
        refused("NOT_FOUND", lambda: infer("no-such-model", [self.raw_input()]), "an unknown model")
        refused("NOT_FOUND", lambda: infer(self.model, [self.raw_input()], model_version="99"), "an unknown version")
        other = self.input(name="no-such-input")
        other.set_data_from_numpy(self.data)
        refused("INVALID_ARGUMENT", lambda: infer(self.model, [other]), "an unknown input")
        longer = np.zeros(self.shape + [2], self.data.dtype)
        shape = self.input(shape=list(longer.shape))
        shape.set_data_from_numpy(longer)
        refused("INVALID_ARGUMENT", lambda: infer(self.model, [shape]), "a wrong shape")
        kind = "INT64" if self.spec.datatype != "INT64" else "INT32"
        typed = self.input(datatype=kind)
        typed.set_data_from_numpy(self.data.astype(triton_to_np_dtype(kind)))
        refused("INVALID_ARGUMENT", lambda: infer(self.model, [typed]), "a wrong datatype")
        output = [triton.InferRequestedOutput("no-such-output")]
        refused("INVALID_ARGUMENT", lambda: infer(self.model, [self.raw_input()], outputs=output), "an unknown output")
        refused("INTERNAL", lambda: self.client.load_model("no-such-model"), "loading an unknown model")

    def load(self):
        self.client.unload_model(self.model)
        require(not self.client.is_model_ready(self.model), "ready after it was unloaded")
        self.client.load_model(self.model)
        require(self.client.is_model_ready(self.model), "not ready after it was loaded")
        result = self.client.infer(self.model, [self.raw_input()])
        self.same("loaded again", {o: result.as_numpy(o) for o in self.outputs})


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    check = Check(sys.argv[1], sys.argv[2])
    steps = [
        check.server, check.raw, check.typed, check.packed, check.large, check.shared, check.cut, check.statistics,
        check.wrong, check.load,
    ]
    for step in steps:
        step()
    print(f"{sys.argv[2]} at {sys.argv[1]}: {', '.join(step.__name__ for step in steps)} as they should be")


if __name__ == "__main__":
    main()
