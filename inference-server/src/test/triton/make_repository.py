#!/usr/bin/env python3
"""Makes a model repository for a Triton that has the python backend only, out of ONNX files.

usage: make_repository.py OUT MODEL.onnx...       needs onnxruntime; each model is named after its file

A first dimension without a fixed size is taken as the batch, as Triton's ONNX Runtime backend does. MODEL.pbtxt beside a model
says what its tensors and batch are instead.
"""
import pathlib
import shutil
import sys

import onnxruntime

TYPES = {
    "tensor(bool)": "BOOL", "tensor(uint8)": "UINT8", "tensor(int8)": "INT8", "tensor(uint16)": "UINT16",
    "tensor(int16)": "INT16", "tensor(int32)": "INT32", "tensor(int64)": "INT64", "tensor(float16)": "FP16",
    "tensor(float)": "FP32", "tensor(double)": "FP64",
}
MAX_BATCH = 4

MODEL = '''import os

import onnxruntime
import triton_python_backend_utils as utils


class TritonPythonModel:
    def initialize(self, args):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = os.path.join(args["model_repository"], args["model_version"], "model.onnx")
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.inputs = [i.name for i in self.session.get_inputs()]

    def execute(self, requests):
        responses = []
        for request in requests:
            feeds = {n: utils.get_input_tensor_by_name(request, n).as_numpy() for n in self.inputs}
            names = list(request.requested_output_names())
            values = self.session.run(names, feeds)
            responses.append(utils.InferenceResponse([utils.Tensor(n, v) for n, v in zip(names, values)]))
        return responses
'''


def open_dims(tensors):
    return all(t.shape and not isinstance(t.shape[0], int) for t in tensors)


def section(kind, tensor, batched):
    dims = [d if isinstance(d, int) and d >= 0 else -1 for d in tensor.shape][1 if batched else 0:]
    return f'{kind} {{ name: "{tensor.name}" data_type: TYPE_{TYPES[tensor.type]} dims: {dims} }}\n'


def make(out, model):
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    inputs, outputs = session.get_inputs(), session.get_outputs()
    batched = open_dims(inputs + outputs)
    folder = out / model.stem
    (folder / "1").mkdir(parents=True, exist_ok=True)
    shutil.copy(model, folder / "1" / "model.onnx")
    (folder / "1" / "model.py").write_text(MODEL)
    said = model.with_suffix(".pbtxt")
    text = f'name: "{model.stem}"\nbackend: "python"\n'
    if said.exists():
        text += said.read_text()
    else:
        text += f"max_batch_size: {MAX_BATCH if batched else 0}\n"
        text += "".join(section("input", t, batched) for t in inputs)
        text += "".join(section("output", t, batched) for t in outputs)
    (folder / "config.pbtxt").write_text(text)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        make(pathlib.Path(sys.argv[1]), pathlib.Path(name))
