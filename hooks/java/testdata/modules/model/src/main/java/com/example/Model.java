package com.example;

public class Model {}
