package io.framequota.inference.model;

/** Size in pixels of the picture a model is given. */
public record InputSize(int height, int width) {}
