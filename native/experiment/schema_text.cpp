// The published schema, dolab.schema.json, for programs that travel without files; a test keeps the two equal.
#include "experiment/schema.hpp"

namespace dolab::experiment {

const std::string& schema_text() {
  static const std::string text = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://dolab.dev/schema/experiment-1.json",
  "title": "dolab experiment",
  "description": "Kernel, data, bindings, inference, scenarios and effects of one experiment. Relative paths are relative to the file.",
  "type": "object",
  "additionalProperties": false,
  "required": ["dolab", "model"],
  "properties": {
    "$schema": { "type": "string" },
    "dolab": { "description": "Version of this format.", "const": 1 },
    "title": { "type": "string" },
    "question": { "description": "What the experiment is to answer, for people.", "type": "string" },
    "labels": {
      "description": "Site or column -> what people call it.",
      "type": "object",
      "additionalProperties": {
        "type": "object",
        "additionalProperties": false,
        "properties": { "label": { "type": "string" }, "unit": { "type": "string" } }
      }
    },
    "layout": {
      "description": "Site -> place in the drawn graph.",
      "type": "object",
      "additionalProperties": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 }
    },
    "model": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "file": { "description": "Model text.", "type": "string" },
        "source": { "description": "The text itself, instead of a file.", "type": "string" },
        "kernel": { "description": "Function to use; default: model, else the only one that takes the bound arguments.", "type": "string" },
        "input": { "$ref": "#/$defs/names" },
        "output": { "description": "Arguments that give outcomes; default: found by tracing.", "$ref": "#/$defs/names" },
        "condition": { "description": "Further observed sites.", "$ref": "#/$defs/changes" },
        "do": { "description": "Sites that are fixed while fitting.", "$ref": "#/$defs/changes" }
      }
    },
    "data": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "train": { "description": "A file, or columns and arguments inline.", "type": ["string", "object"] },
        "bind": {
          "description": "Argument -> column (a vector) or list of columns (a matrix).",
          "type": "object",
          "additionalProperties": { "$ref": "#/$defs/names" }
        },
        "arguments": { "description": "Argument -> JSON value.", "type": "object" }
      }
    },
    "inference": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "method": { "enum": ["svi", "nuts", "hmc"], "default": "svi" },
        "draws": { "type": "integer", "minimum": 1, "maximum": 1000000000, "default": 1000 },
        "init": { "description": "Where to start.", "enum": ["uniform", "feasible", "median", "sample", "mean", "value"] },
        "init_radius": { "type": "number", "exclusiveMinimum": 0, "default": 2 },
        "init_values": { "description": "Site -> value, for init: value.", "type": "object" },
        "keep": { "description": "Deterministic sites that are stored however large.", "$ref": "#/$defs/names" },
        "guide": { "type": "string", "default": "AutoNormal" },
        "init_scale": { "type": "number", "exclusiveMinimum": 0, "default": 0.1 },
        "rank": { "description": "Of AutoLowRankMultivariateNormal; 0: from the dimension.", "type": "integer", "minimum": 0, "maximum": 1000000, "default": 0 },
        "optimizer": {
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "name": { "type": "string", "default": "Adam" },
            "step_size": { "anyOf": [{ "type": "number", "exclusiveMinimum": 0 }, { "$ref": "#/$defs/schedule" }], "default": 0.001 },
            "b1": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.9 },
            "b2": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.999 },
            "eps": { "type": "number", "exclusiveMinimum": 0, "default": 1e-8 },
            "clip_norm": { "type": "number", "exclusiveMinimum": 0, "default": 10 },
            "weight_decay": { "type": "number", "minimum": 0, "default": 0.0001 },
            "mass": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.9 },
            "gamma": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.9 },
            "momentum": { "type": "number", "minimum": 0, "exclusiveMaximum": 1, "default": 0.9 }
          }
        },
        "steps": { "type": "integer", "minimum": 1, "maximum": 1000000000000, "default": 10000 },
        "particles": { "type": "integer", "minimum": 1, "maximum": 65536, "default": 1 },
        "stable_update": { "description": "Skip steps whose loss is not finite.", "type": "boolean", "default": false },
        "chains": { "type": "integer", "minimum": 1, "maximum": 65536, "default": 4 },
        "warmup": { "type": "integer", "minimum": 0, "maximum": 1000000000, "default": 1000 },
        "thinning": { "type": "integer", "minimum": 1, "maximum": 1000000, "default": 1 },
        "target_accept": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": 0.8 },
        "max_depth": { "type": "integer", "minimum": 1, "maximum": 20, "default": 10 },
        "metric": { "enum": ["gradient", "diag", "dense"], "default": "gradient" },
        "trajectory_length": { "description": "HMC only.", "type": "number", "exclusiveMinimum": 0, "default": 6.283185307179586 }
      }
    },
    "scenarios": {
      "description": "Name -> interventions; the empty scenario is called observed.",
      "type": "object",
      "additionalProperties": { "$ref": "#/$defs/changes" }
    },
    "effects": {
      "type": "array",
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["intervention"],
        "properties": {
          "outcome": { "description": "Site; default: the only outcome of the model.", "type": "string" },
          "baseline": { "type": "string", "default": "observed" },
          "intervention": { "type": "string" },
          "by": { "description": "Column whose values group the rows.", "type": "string" },
          "expected": { "description": "Contrast means of the outcome's distribution.", "type": "boolean", "default": false }
        }
      }
    },
    "hdi_prob": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": 0.94 },
    "reproducible": { "description": "Strict arithmetic: the same bits on every machine.", "type": "boolean", "default": false },
    "seed": { "type": "integer", "minimum": 0, "default": 0 }
  },
  "$defs": {
    "names": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] },
    "changes": { "type": "object", "additionalProperties": { "$ref": "#/$defs/change" } },
    "change": {
      "anyOf": [
        { "type": ["number", "boolean"] },
        { "type": "array" },
        {
          "type": "object",
          "additionalProperties": false,
          "minProperties": 1,
          "maxProperties": 1,
          "properties": {
            "value": { "type": ["number", "boolean", "array"] },
            "column": { "type": "string" },
            "shift": { "type": "number" },
            "scale": { "type": "number" }
          }
        }
      ]
    },
    "schedule": {
      "type": "object",
      "additionalProperties": false,
      "required": ["schedule", "initial"],
      "properties": {
        "schedule": { "enum": ["constant", "exponential", "inverse_time", "cosine", "linear"] },
        "initial": { "type": "number", "exclusiveMinimum": 0 },
        "steps": { "type": "number", "exclusiveMinimum": 0, "default": 1 },
        "rate": { "type": "number", "exclusiveMinimum": 0, "default": 1 },
        "alpha": { "type": "number", "minimum": 0, "default": 0 },
        "last": { "type": "number", "minimum": 0, "default": 0 },
        "staircase": { "type": "boolean", "default": false }
      }
    }
  }
}
)json";
  return text;
}

}  // namespace dolab::experiment
