"""The onnxruntime backend for a Triton that has the python backend only: put this folder into the folder of backends.

Model folders stay as they are for the real backend: Triton reads their config.pbtxt, and completes it as that backend does.
"""
import json
import os

import onnxruntime
import triton_python_backend_utils as utils

TYPES = {
    "tensor(bool)": "BOOL", "tensor(uint8)": "UINT8", "tensor(int8)": "INT8", "tensor(uint16)": "UINT16",
    "tensor(int16)": "INT16", "tensor(int32)": "INT32", "tensor(int64)": "INT64", "tensor(float16)": "FP16",
    "tensor(float)": "FP32", "tensor(double)": "FP64",
}
DEFAULT_MAX_BATCH = 4


def session(folder, version, file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    path = os.path.join(folder, version, file or "model.onnx")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def dims(tensor):
    return [d if isinstance(d, int) and d >= 0 else -1 for d in tensor.shape]


class TritonPythonModel:
    @staticmethod
    def auto_complete_config(config):
        said = config.as_dict()
        folder = os.environ.get("FRAMEQUOTA_TRITON_REPOSITORY", "")
        entry = os.path.join(folder, said["name"])
        versions = sorted((v for v in os.listdir(entry) if v.isdigit()), key=int)
        model = session(entry, versions[-1], said.get("default_model_filename"))
        tensors = model.get_inputs() + model.get_outputs()
        batch = said["max_batch_size"]
        if batch == 0 and not said["input"] and not said["output"] and all(dims(t)[:1] == [-1] for t in tensors):
            batch = DEFAULT_MAX_BATCH
        if batch and any(dims(t)[:1] not in ([-1], [1] if batch == 1 else [-1]) for t in tensors):
            raise utils.TritonModelException("the model has no open first dimension for a batch")
        config.set_max_batch_size(batch)
        known = {t["name"] for t in said["input"] + said["output"]}
        for tensor in tensors:
            if tensor.name not in known:
                add = config.add_input if tensor in model.get_inputs() else config.add_output
                add({
                    "name": tensor.name, "data_type": "TYPE_" + TYPES[tensor.type],
                    "dims": dims(tensor)[1 if batch else 0:],
                })
        return config

    def initialize(self, args):
        config = json.loads(args["model_config"])
        self.session = session(args["model_repository"], args["model_version"], config.get("default_model_filename"))
        self.inputs = [i.name for i in self.session.get_inputs()]

    def execute(self, requests):
        responses = []
        for request in requests:
            feeds = {n: utils.get_input_tensor_by_name(request, n).as_numpy() for n in self.inputs}
            names = list(request.requested_output_names())
            values = self.session.run(names, feeds)
            responses.append(utils.InferenceResponse([utils.Tensor(n, v) for n, v in zip(names, values)]))
        return responses
