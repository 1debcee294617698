package io.framequota.inference.model;

/** Size in pixels of the picture a model is given. */
public record Picture(int height, int width) {}
