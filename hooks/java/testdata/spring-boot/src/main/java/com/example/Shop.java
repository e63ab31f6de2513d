package com.example;

public class Shop {
    public static void main(String[] args) {
        System.out.println("hello");
    }
}
